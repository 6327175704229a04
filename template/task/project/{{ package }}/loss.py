"""Loss function, predictions and metric of multi-label classification."""

from sklearn.metrics import f1_score
from torch import Tensor, nn

from .data import TAGS

METRIC = "f1"
loss_fn = nn.BCEWithLogitsLoss()


def to_predictions(logits: Tensor) -> Tensor:
    """Return 1 for each tag that is assigned, else 0: (N, tags) -> (N, tags)."""
    return (logits > 0).float()


def to_values(predictions: Tensor) -> list[list[str]]:
    """Return the names of the tags that are assigned to each example."""
    rows = predictions.bool().tolist()
    return [[tag for tag, on in zip(TAGS, row, strict=True) if on] for row in rows]


def metric_fn(predictions: Tensor, y: Tensor) -> float:
    """Return the mean of the F1 scores of the tags: (N, tags), (N, tags) -> ()."""
    return f1_score(y.cpu(), predictions.cpu(), average="macro", zero_division=0)
