"""The model: a multilayer perceptron that returns values in their units."""

import torch
from torch import Tensor, nn

from .config import Config
from .data import INPUTS, OUTPUTS


class ThrowRegressor(nn.Module):
    """A hidden layer with tanh; buffers turn z-scores into metres and seconds."""

    def __init__(self, hidden_units: int, data_info: dict) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(in_features=len(INPUTS), out_features=hidden_units),
            nn.Tanh(),
            nn.Linear(in_features=hidden_units, out_features=len(OUTPUTS)),
        )
        self.register_buffer("y_mean", torch.tensor(data_info["y_mean"]))
        self.register_buffer("y_std", torch.tensor(data_info["y_std"]))

    def forward(self, x: Tensor) -> Tensor:
        """Return distance and time: (N, 2) -> (N, 2)."""
        return self.layers(x) * self.y_std + self.y_mean


def build_model(config: Config, data_info: dict) -> nn.Module:
    """Return a model with random initial weights."""
    return ThrowRegressor(config.hidden_units, data_info)
