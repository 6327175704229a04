"""Loss function, predictions and metric of multi-label classification."""

import torch
from sklearn.metrics import f1_score
from torch import Tensor, nn

from .config import Config
from .data import TAGS

METRIC = "f1"


class TagLoss(nn.BCEWithLogitsLoss):
    """Binary cross-entropy over examples and tags: (N, 4), (N, 4) -> ()."""

    def metric(self, logits: Tensor, y: Tensor) -> float:
        """Return the mean of the F1 scores of the tags: (N, 4), (N, 4) -> ()."""
        predictions = to_predictions(logits).cpu()
        return f1_score(y.cpu(), predictions, average="macro", zero_division=0)


def build_loss_fn(config: Config, data_info: dict) -> nn.Module:
    """Return the loss function; positive examples of rare tags weigh more."""
    pos_weight = torch.tensor(data_info["pos_weight"]) ** config.weighting
    return TagLoss(pos_weight=pos_weight)


def to_predictions(logits: Tensor) -> Tensor:
    """Return 1 for each tag that is assigned, else 0: (N, 4) -> (N, 4)."""
    return (logits > 0).float()


def to_values(predictions: Tensor, data_info: dict) -> list[list[str]]:
    """Return the names of the tags that are assigned to each example."""
    rows = predictions.bool().tolist()
    return [[tag for tag, on in zip(TAGS, row, strict=True) if on] for row in rows]
