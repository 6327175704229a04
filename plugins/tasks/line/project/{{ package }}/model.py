"""The model: a linear regression."""

import torch
from torch import nn

from .config import Config


class LinearRegression(nn.Module):
    """A weight and a bias with random initial values."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.true = f"weight {config.weight:.4g}, bias {config.bias:.4g}"
        ### BEGIN SOLUTION: model
        # {% if model == "parameter" %}
        # why: a Parameter is part of the model: to(device) moves it, the state_dict
        # holds it, and the optimizer gets it from parameters().
        self.weight = nn.Parameter(torch.randn(1))
        self.bias = nn.Parameter(torch.randn(1))
        # {% else %}
        # why: a layer holds its weight and its bias as parameters; models are built of
        # such layers.
        self.linear = nn.Linear(in_features=1, out_features=1)
        # {% endif %}
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return predictions: (N, 1) -> (N, 1)."""
        ### BEGIN SOLUTION: model
        # {% if model == "parameter" %}
        return self.weight * x + self.bias
        # {% else %}
        return self.linear(x)
        # {% endif %}
        ### END SOLUTION

    def extra_repr(self) -> str:
        """Show the learned parameters beside the true ones, in print(model)."""
        weight, bias = (parameter.item() for parameter in self.parameters())
        return f"learned: weight {weight:.4g}, bias {bias:.4g}\ntrue:    {self.true}"


def build_model(config: Config) -> nn.Module:
    """Return a model with random initial parameters."""
    return LinearRegression(config)
