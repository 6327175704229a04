"""Generate points on two moons, tag them, and split them."""

import torch
from sklearn.datasets import make_moons
from torch import Tensor
from torch.utils.data import TensorDataset

from .config import Config

INPUTS = {"x1": 1.0, "x2": 0.5}  # what `predict` takes, with example values
TAGS = ("upper", "right")


def make_datasets(config: Config) -> tuple[TensorDataset, TensorDataset]:
    """Return training and test set: points (2,), and 1 or 0 for each tag, float32."""
    x, moon = make_moons(1000, noise=0.1, random_state=config.data_seed)
    x, moon = torch.from_numpy(x).float(), torch.from_numpy(moon)  # (N, 2), (N,)
    y = torch.stack([moon == 0, x[:, 0] > 0.5], dim=1).float()  # (N, 2)
    return TensorDataset(x[:800], y[:800]), TensorDataset(x[800:], y[800:])


def encode_inputs(rows: list[dict[str, str]]) -> Tensor:
    """Return inputs, given by name, as x: (N, 2) float32."""
    return torch.tensor([[float(row[name]) for name in INPUTS] for row in rows])
