"""Generate points on a line, and split them into training and test set."""

import torch
from torch import Tensor
from torch.utils.data import TensorDataset

from .config import Config

INPUTS = {"x": 0.5}  # what `predict` takes, with an example value


def make_datasets(config: Config) -> tuple[TensorDataset, TensorDataset]:
    """Return training and test set: the first 80 % of the points, and the rest."""
    if not 5 <= config.x_end / config.x_step <= 1_000_000:
        raise SystemExit("error: --x-end must be 5 to 1,000,000 times --x-step")
    ### BEGIN SOLUTION: data
    x = torch.arange(0, config.x_end, config.x_step)  # (N,)
    x = x.unsqueeze(dim=1)  # (N, 1): a row for each example, a column for each feature
    y = config.weight * x + config.bias  # (N, 1)
    # why: the model never trains on the test set, so its error there shows whether it
    # has found the line, or only memorizes the training set (overfitting).
    split = int(0.8 * len(x))
    train_data = TensorDataset(x[:split], y[:split])
    return train_data, TensorDataset(x[split:], y[split:])
    ### END SOLUTION


def encode_inputs(rows: list[dict[str, str]]) -> Tensor:
    """Return inputs, given by name, as x: (N, 1) float32."""
    return torch.tensor([[float(row[name]) for name in INPUTS] for row in rows])
