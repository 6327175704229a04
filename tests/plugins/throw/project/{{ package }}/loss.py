"""Loss function, predictions and metric of a regression with two outputs."""

import torch
from sklearn.metrics import r2_score
from torch import Tensor, nn

from .config import Config
from .data import OUTPUTS

METRIC = "r2"


class ThrowLoss(nn.Module):
    """Huber loss of standardized values, so that metres and seconds count alike."""

    def __init__(self, scale: list[float], delta: float) -> None:
        super().__init__()
        self.register_buffer("scale", torch.tensor(scale))
        self.huber = nn.HuberLoss(delta=delta)

    def forward(self, outputs: Tensor, y: Tensor) -> Tensor:
        """Return the mean loss: (N, 2), (N, 2) -> ()."""
        return self.huber(outputs / self.scale, y / self.scale)

    def metric(self, outputs: Tensor, y: Tensor) -> float:
        """Return the mean of the R2 scores of both outputs: (N, 2), (N, 2) -> ()."""
        return r2_score(y.cpu(), outputs.cpu())


def build_loss_fn(config: Config, data_info: dict) -> nn.Module:
    """Return the loss function, scaled by the standard deviations of y."""
    return ThrowLoss(data_info["y_std"], config.huber_delta)


def to_predictions(outputs: Tensor) -> Tensor:
    """Return distance and time: (N, 2) -> (N, 2)."""
    return outputs


def to_values(predictions: Tensor, data_info: dict) -> list[dict[str, float]]:
    """Return distance and time by name, with four significant digits."""
    rows = predictions.tolist()
    rounded = [[float(f"{value:.4g}") for value in row] for row in rows]
    return [dict(zip(OUTPUTS, row, strict=True)) for row in rounded]
