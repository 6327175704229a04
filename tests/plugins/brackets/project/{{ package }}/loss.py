"""Loss function, predictions and metric of binary classification."""

import torch
from torch import Tensor, nn

METRIC = "accuracy"
# why: it takes logits, since sigmoid and logarithm in one formula are more stable.
loss_fn = nn.BCEWithLogitsLoss()


def to_predictions(logits: Tensor) -> Tensor:
    """Return the predicted label of each example, 0 or 1: (N,) -> (N,)."""
    return torch.sigmoid(logits).round()


def to_probabilities(logits: Tensor) -> Tensor:
    """Return the probability of each class: (N,) -> (N, 2)."""
    return torch.sigmoid(torch.stack([-logits, logits], dim=1))


def metric_fn(predictions: Tensor, y: Tensor) -> Tensor:
    """Return the accuracy, the fraction of correct predictions: (N,), (N,) -> ()."""
    return (predictions == y).float().mean()
