"""Generate sequences with a repeated digit, and split them."""

import torch
from torch import Tensor
from torch.utils.data import TensorDataset

from .config import Config

LENGTH = 6
CLASSES = tuple("0123456789")
INPUTS = {"digits": "3 1 4 1 5 9"}


def make_datasets(config: Config) -> tuple[TensorDataset, TensorDataset]:
    """Return training and test set (80:20): digits (6,) int64, and the repeated one."""
    generator = torch.Generator().manual_seed(config.data_seed)
    noise = torch.rand(config.n_samples, len(CLASSES), generator=generator)
    x = noise.argsort(dim=1)[:, :LENGTH]  # (N, 6), all different
    y = x[:, 0].clone()  # (N,)
    places = torch.randint(1, LENGTH, y.shape, generator=generator)
    x[torch.arange(len(x)), places] = y
    order = torch.rand(x.shape, generator=generator).argsort(dim=1)
    x = x.gather(dim=1, index=order)
    n_train = round(0.8 * len(y))
    train_data = TensorDataset(x[:n_train], y[:n_train])
    return train_data, TensorDataset(x[n_train:], y[n_train:])


def encode_inputs(rows: list[dict[str, str]]) -> Tensor:
    """Return digits, separated by spaces, as x: (N, 6) int64."""
    x = torch.tensor([[int(digit) for digit in row["digits"].split()] for row in rows])
    if x.shape[1:] != (LENGTH,) or x.min() < 0 or x.max() > 9:
        raise ValueError(f"give {LENGTH} digits, separated by spaces")
    return x
