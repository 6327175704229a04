"""Loss function, predictions and metric of binary classification."""

import torch
from sklearn.metrics import roc_auc_score
from torch import Tensor, nn

from .config import Config

METRIC = "auc"


class BracketLoss(nn.BCEWithLogitsLoss):
    """Binary cross-entropy of logits: (N,), (N,) -> ()."""

    def metric(self, logits: Tensor, y: Tensor) -> float:
        """Return the area under the ROC curve (AUC): (N,), (N,) -> ()."""
        return roc_auc_score(y.cpu(), logits.cpu())


def build_loss_fn(config: Config) -> nn.Module:
    """Return the loss function, in which balanced texts have a weight."""
    return BracketLoss(pos_weight=torch.tensor(config.pos_weight))


def to_predictions(logits: Tensor) -> Tensor:
    """Return the predicted label of each example, 0 or 1: (N,) -> (N,)."""
    return torch.sigmoid(logits).round()


def to_probabilities(logits: Tensor) -> Tensor:
    """Return the probability of each class: (N,) -> (N, 2)."""
    return torch.sigmoid(torch.stack([-logits, logits], dim=1))
