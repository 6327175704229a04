"""What is made small, what is predicted, and how a prediction is judged."""

import torch.nn.functional as F
from torch import Tensor

from .contract import Metric, State


# why: one loss for each example, not their mean. Sums of them give exact averages over
# any batches, and show which examples are hard.
def loss(outputs: Tensor, y: Tensor) -> Tensor:
    """Return the squared error of each output: (N, 1), (N, 1) -> (N,)."""
    ### BEGIN SOLUTION: loss
    # why: squared, so that one large error weighs more than many small ones. That makes
    # the figures large: an error of 50 is a loss of 2500.
    return F.mse_loss(outputs, y, reduction="none").squeeze(dim=1)
    ### END SOLUTION


def decide(outputs: Tensor, state: State) -> Tensor:
    """Return the predicted value of each row: (N, 1) -> (N,)."""
    ### BEGIN SOLUTION: decide
    return outputs.squeeze(dim=1)
    ### END SOLUTION


def absolute_error(decisions: Tensor, y: Tensor) -> Tensor:
    """Return the distance of each prediction from the truth: (N,), (N, 1) -> (N,)."""
    # why: not squared, so that the figure has the unit of the target, and people can
    # say what it means: so far off, on average.
    return (decisions - y.squeeze(dim=1)).abs()


METRIC = Metric("mean_absolute_error", absolute_error, higher_is_better=False)
