"""Simulate throws, and split them into three sets."""

import torch
from torch import Tensor
from torch.utils.data import TensorDataset

from .config import Config

INPUTS = {"speed": 20.0, "angle": 45.0}  # m/s, degrees
OUTPUTS = ("distance", "time")  # m, s
GRAVITY, DRAG, TIME_STEP = 9.81, 0.01, 0.01


def make_datasets(
    config: Config,
) -> tuple[TensorDataset, TensorDataset, TensorDataset, dict]:
    """Return training, validation and test set (60:20:20), and data info.

    An example has speed and angle, standardized, and distance and time, (2,) each.
    """
    generator = torch.Generator().manual_seed(config.data_seed)
    fractions = torch.rand(config.n_samples, 2, generator=generator)
    throws = torch.tensor([5.0, 10.0]) + fractions * torch.tensor([25.0, 70.0])
    y = simulate(throws)  # (N, 2)
    n_train, n_rest = round(0.6 * len(y)), round(0.8 * len(y))
    data_info = {
        "inputs": INPUTS,
        "mean": throws[:n_train].mean(dim=0).tolist(),
        "std": throws[:n_train].std(dim=0).tolist(),
        "y_mean": y[:n_train].mean(dim=0).tolist(),
        "y_std": y[:n_train].std(dim=0).tolist(),
    }
    x = standardize(throws, data_info)
    train_data = TensorDataset(x[:n_train], y[:n_train])
    validation_data = TensorDataset(x[n_train:n_rest], y[n_train:n_rest])
    return train_data, validation_data, TensorDataset(x[n_rest:], y[n_rest:]), data_info


def simulate(throws: Tensor) -> Tensor:
    """Return distance and time of flight, with air drag: (N, 2) -> (N, 2)."""
    speed, angle = throws[:, 0], throws[:, 1].deg2rad()
    velocity = speed.unsqueeze(1) * torch.stack([angle.cos(), angle.sin()], dim=1)
    position, time = torch.zeros_like(velocity), torch.zeros_like(speed)
    flies = position[:, 1] >= 0
    while flies.any():
        step = TIME_STEP * flies.float()
        drag = DRAG * velocity.norm(dim=1, keepdim=True) * velocity
        velocity = velocity - step.unsqueeze(1) * (drag + torch.tensor([0, GRAVITY]))
        position = position + step.unsqueeze(1) * velocity
        time = time + step
        flies = position[:, 1] >= 0
    return torch.stack([position[:, 0], time], dim=1)


def standardize(throws: Tensor, data_info: dict) -> Tensor:
    """Return z-scores: mean 0 and standard deviation 1 on the training set."""
    return (throws - torch.tensor(data_info["mean"])) / torch.tensor(data_info["std"])


def encode_inputs(rows: list[dict[str, str]], data_info: dict) -> Tensor:
    """Return speed and angle, given by name, as x: (N, 2) float32."""
    throws = [[float(row[name]) for name in data_info["inputs"]] for row in rows]
    return standardize(torch.tensor(throws), data_info)
