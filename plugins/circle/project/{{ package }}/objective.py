"""What is made small, how a logit becomes a decision, and how that is judged."""

import torch
from torch import Tensor

from .contract import Metric, State


# why: one loss for each example, not their mean. Sums of them give exact averages over
# any batches, and show which examples are hard.
def loss(outputs: Tensor, y: Tensor) -> Tensor:
    """Return the cross-entropy of each example: logits (N,), labels (N,) -> (N,)."""
    ### BEGIN SOLUTION: loss
    # {% if loss == "bce-with-logits" %}
    # why: logits, not probabilities. Sigmoid and logarithm in one formula stay exact
    # for large numbers, where a sigmoid alone would round to 0 or 1.
    return torch.nn.functional.binary_cross_entropy_with_logits(
        outputs, y, reduction="none"
    )
    # {% else %}
    # why: the sigmoid first, as in the textbook: the same curve, but less stable. For
    # large logits p rounds to 0 or 1, whose logarithm has to be kept finite.
    p = torch.sigmoid(outputs).clamp(1e-7, 1 - 1e-7)
    return -(y * p.log() + (1 - y) * (1 - p).log())
    # {% endif %}
    ### END SOLUTION


def decide(outputs: Tensor, state: State) -> Tensor:
    """Return the class of each row, 0 or 1: logits (N,) -> (N,)."""
    ### BEGIN SOLUTION: decide
    return torch.sigmoid(outputs).round()  # 1 if its probability is over a half
    ### END SOLUTION


def correct(decisions: Tensor, y: Tensor) -> Tensor:
    """Return 1 for each right decision and 0 for each wrong one: (N,), (N,) -> (N,)."""
    return (decisions == y).float()


METRIC = Metric("accuracy", correct, higher_is_better=True)
