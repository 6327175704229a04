"""What is made small, what is predicted, and how a prediction is judged."""

import torch.nn.functional as F
from torch import Tensor

from .contract import Metric, State


# why: one loss for each example, not their mean. Sums of them give exact averages over
# any batches, and show which examples are hard.
def loss(outputs: Tensor, y: Tensor) -> Tensor:
    # {% if family == "regression" %}
    """Return how far off each prediction is: (N, 1), (N, 1) -> (N,)."""
    ### BEGIN SOLUTION: loss
    # why: not squared, so that a few rows unlike all others do not outweigh the rest,
    # and the loss is in the units of the target.
    return F.l1_loss(outputs, y, reduction="none").squeeze(dim=1)
    ### END SOLUTION
    # {% elif family == "binary" %}
    """Return the cross-entropy of each row: logits (N,), labels (N,) -> (N,)."""
    ### BEGIN SOLUTION: loss
    # why: logits, not probabilities. Sigmoid and logarithm in one formula stay exact
    # for large numbers, where a sigmoid alone would round to 0 or 1.
    return F.binary_cross_entropy_with_logits(outputs, y, reduction="none")
    ### END SOLUTION
    # {% else %}
    """Return the cross-entropy of each row: logits (N, classes), (N,) -> (N,)."""
    ### BEGIN SOLUTION: loss
    return F.cross_entropy(outputs, y, reduction="none")
    ### END SOLUTION
    # {% endif %}


def decide(outputs: Tensor, state: State) -> Tensor:
    # {% if family == "regression" %}
    """Return the predicted value of each row: (N, 1) -> (N,)."""
    ### BEGIN SOLUTION: decide
    return outputs.squeeze(dim=1)
    ### END SOLUTION
    # {% elif family == "binary" %}
    """Return the class of each row, 0 or 1: logits (N,) -> (N,)."""
    ### BEGIN SOLUTION: decide
    return outputs.sigmoid().round()  # a probability above a half is a 1
    ### END SOLUTION
    # {% else %}
    """Return the class of each row, that of the largest logit: (N, classes) -> (N,)."""
    ### BEGIN SOLUTION: decide
    return outputs.argmax(dim=1)
    ### END SOLUTION
    # {% endif %}


# {% if family == "regression" %}
def absolute_error(decisions: Tensor, y: Tensor) -> Tensor:
    """Return the distance of each prediction from the truth: (N,), (N, 1) -> (N,)."""
    return (decisions - y.squeeze(dim=1)).abs()


# {% else %}
def correct(decisions: Tensor, y: Tensor) -> Tensor:
    """Return 1 for each right decision and 0 for each wrong one: (N,), (N,) -> (N,)."""
    return (decisions == y).float()


# {% endif %}
# {% if family == "regression" %}
METRIC = Metric("mean_absolute_error", absolute_error, higher_is_better=False)
# {% else %}
METRIC = Metric("accuracy", correct, higher_is_better=True)
# {% endif %}
