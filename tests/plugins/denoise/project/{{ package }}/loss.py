"""Loss function, predictions and metric of image restoration."""

from torch import Tensor, nn

METRIC = "psnr"
loss_fn = nn.MSELoss()


def to_predictions(outputs: Tensor) -> Tensor:
    """Return the restored images: (N, 1, 8, 8) -> (N, 1, 8, 8)."""
    return outputs


def to_values(predictions: Tensor) -> list[list[int]]:
    """Return the pixels of each image, from 0 to 16: (N, 1, 8, 8) -> (N, 64)."""
    return (16 * predictions).round().int().flatten(start_dim=1).tolist()


def metric_fn(predictions: Tensor, y: Tensor) -> Tensor:
    """Return the PSNR in decibels: (N, 1, 8, 8), (N, 1, 8, 8) -> ()."""
    return -10 * (predictions - y).square().mean().log10()
