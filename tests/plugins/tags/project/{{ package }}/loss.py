"""Loss function, predictions and metric of multi-label classification."""

import torch
from sklearn.metrics import f1_score
from torch import Tensor, nn

from .config import Config
from .data import TAGS

METRIC = "f1"


class TagLoss(nn.Module):
    """Binary cross-entropy in which the positive examples of rare tags weigh more."""

    def __init__(self, pos_weight: Tensor) -> None:
        super().__init__()
        self.bce = nn.BCEWithLogitsLoss(pos_weight=pos_weight)

    def forward(self, logits: Tensor, y: Tensor) -> Tensor:
        """Return the mean loss over examples and tags: (N, 4), (N, 4) -> ()."""
        return self.bce(logits, y)

    def metric(self, logits: Tensor, y: Tensor) -> float:
        """Return the mean of the F1 scores of the tags: (N, 4), (N, 4) -> ()."""
        predictions = to_predictions(logits).cpu()
        return f1_score(y.cpu(), predictions, average="macro", zero_division=0)


def build_loss_fn(config: Config, data_info: dict) -> nn.Module:
    """Return the loss function, with the weights of the training set."""
    return TagLoss(torch.tensor(data_info["pos_weight"]) ** config.weighting)


def to_predictions(logits: Tensor) -> Tensor:
    """Return 1 for each tag that is assigned, else 0: (N, 4) -> (N, 4)."""
    return (logits > 0).float()


def to_values(predictions: Tensor, data_info: dict) -> list[list[str]]:
    """Return the names of the tags that are assigned to each example."""
    rows = predictions.bool().tolist()
    return [[tag for tag, on in zip(TAGS, row, strict=True) if on] for row in rows]
