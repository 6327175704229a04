"""What is made small, how a logit becomes a decision, and how that is judged."""

import torch.nn.functional as F
from torch import Tensor

from .contract import Metric, State


# why: one loss for each example, not their mean. Sums of them give exact averages over
# any batches, and show which examples are hard.
def loss(outputs: Tensor, y: Tensor) -> Tensor:
    """Return the cross-entropy of each example: logits (N,), labels (N,) -> (N,)."""
    ### BEGIN SOLUTION: loss
    # why: logits, not probabilities. Sigmoid and logarithm in one formula stay exact
    # for large numbers, where a sigmoid alone would round to 0 or 1.
    return F.binary_cross_entropy_with_logits(outputs, y, reduction="none")
    ### END SOLUTION


def decide(outputs: Tensor, state: State) -> Tensor:
    """Return the class of each row, 0 malignant or 1 benign: logits (N,) -> (N,)."""
    ### BEGIN SOLUTION: decide
    # why: a logit above 0 is a probability above a half. To miss fewer malignant
    # tumours raise the 0, at the price of more false alarms.
    return (outputs > 0).float()
    ### END SOLUTION


def correct(decisions: Tensor, y: Tensor) -> Tensor:
    """Return 1 for each right decision and 0 for each wrong one: (N,), (N,) -> (N,)."""
    return (decisions == y).float()


METRIC = Metric("accuracy", correct, higher_is_better=True)
