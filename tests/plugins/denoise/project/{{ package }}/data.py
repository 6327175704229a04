"""Load images of digits, add noise, and split them into training and test set."""

import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import Tensor
from torch.utils.data import TensorDataset

from .config import Config

MAX_PIXEL = 16
INPUTS = {f"pixel_{row}_{column}": 8.0 for row in range(8) for column in range(8)}


def make_datasets(config: Config) -> tuple[TensorDataset, TensorDataset]:
    """Return training and test set (80:20): noisy and clean images (1, 8, 8)."""
    clean = to_images(torch.from_numpy(load_digits().data).float())  # (N, 1, 8, 8)
    generator = torch.Generator().manual_seed(config.data_seed)
    noisy = clean + config.noise * torch.randn(clean.shape, generator=generator)
    split = train_test_split(noisy, clean, test_size=0.2, random_state=config.data_seed)
    x_train, x_test, y_train, y_test = split
    return TensorDataset(x_train, y_train), TensorDataset(x_test, y_test)


def to_images(pixels: Tensor) -> Tensor:
    """Return rows of pixels as images, scaled to 0..1: (N, 64) -> (N, 1, 8, 8)."""
    return (pixels / MAX_PIXEL).reshape(-1, 1, 8, 8)


def encode_inputs(rows: list[dict[str, str]]) -> Tensor:
    """Return pixels from 0 to 16, given by name, as x: (N, 1, 8, 8) float32."""
    return to_images(
        torch.tensor([[float(row[name]) for name in INPUTS] for row in rows])
    )
