"""Generate images of a square and a disk, with the class of each pixel."""

import torch
from torch import Tensor
from torch.utils.data import TensorDataset

from .config import Config

SIZE = 16
CLASSES = ("background", "square", "disk")
# An image is one text: a digit from 0 (black) to 9 (white) for each pixel.
EXAMPLE = ["0" * SIZE] * 4 + ["0077770000000000"] * 4 + ["0" * SIZE] * 8
INPUTS = {"image": "/".join(EXAMPLE)}


def make_datasets(config: Config) -> tuple[TensorDataset, TensorDataset]:
    """Return training and test set (80:20): images (1, 16, 16) with masks (16, 16)."""
    generator = torch.Generator().manual_seed(config.data_seed)
    n = config.n_samples
    row, column = torch.meshgrid(torch.arange(SIZE), torch.arange(SIZE), indexing="ij")
    centers = torch.randint(3, SIZE - 3, (2, 2, n, 1, 1), generator=generator)
    (row_1, column_1), (row_2, column_2) = centers
    square = ((row - row_1).abs() <= 2) & ((column - column_1).abs() <= 2)
    disk = (row - row_2) ** 2 + (column - column_2) ** 2 <= 6
    y = torch.where(disk, 2, square.long())  # (N, 16, 16), the disk in front
    noise = config.noise * torch.randn(n, SIZE, SIZE, generator=generator)
    x = (0.5 * (y > 0) + 0.25 + noise).clamp(0, 1).unsqueeze(dim=1)  # (N, 1, 16, 16)
    n_train = round(0.8 * n)
    train_data = TensorDataset(x[:n_train], y[:n_train])
    return train_data, TensorDataset(x[n_train:], y[n_train:])


def encode_inputs(rows: list[dict[str, str]]) -> Tensor:
    """Return images, given as digits, as x: (N, 1, 16, 16) float32."""
    return torch.stack([parse_image(row["image"]) for row in rows])


def parse_image(text: str) -> Tensor:
    """Return an image: (1, 16, 16) float32, from 0 to 1."""
    pixels = [[int(digit) for digit in line] for line in text.split("/")]
    if len(pixels) != SIZE or any(len(line) != SIZE for line in pixels):
        raise ValueError(f"an image has {SIZE} rows of {SIZE} digits, separated by /")
    return torch.tensor(pixels).unsqueeze(dim=0) / 9
