"""What is made small, how logits become a decision, and how that is judged."""

import torch.nn.functional as F
from torch import Tensor

from .contract import Metric, State


# why: one loss for each example, not their mean. Sums of them give exact averages over
# any batches, and show which examples are hard.
def loss(outputs: Tensor, y: Tensor) -> Tensor:
    """Return the cross-entropy of each example: logits (N, C), labels (N,) -> (N,)."""
    ### BEGIN SOLUTION: loss
    # why: logits, not probabilities: cross_entropy holds the softmax already. A second
    # one in the model would raise no error, but make learning slow.
    return F.cross_entropy(outputs, y, reduction="none")
    ### END SOLUTION


def decide(outputs: Tensor, state: State) -> Tensor:
    """Return the class number of each row: logits (N, C) -> (N,)."""
    ### BEGIN SOLUTION: decide
    # why: argmax is the place of the largest logit. Softmax would make probabilities of
    # the logits, but keeps their order, and the largest stays the largest.
    return outputs.argmax(dim=1)
    ### END SOLUTION


def correct(decisions: Tensor, y: Tensor) -> Tensor:
    """Return 1 for each right decision and 0 for each wrong one: (N,), (N,) -> (N,)."""
    return (decisions == y).float()


METRIC = Metric("accuracy", correct, higher_is_better=True)
