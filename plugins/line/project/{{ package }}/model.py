"""The model: a straight line, two numbers to be learned."""

import torch
from torch import nn

from .config import Config
from .contract import State


class Line(nn.Module):
    """Returns `weight * x + bias`; both numbers start at random."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.true = f"y = {config.weight:.4f} * x + {config.bias:.4f}"
        ### BEGIN SOLUTION: model
        # {% if model == "parameter" %}
        # why: a Parameter is a tensor that the model owns: to(device) moves it, the
        # state_dict holds it, and the optimizer finds it in parameters().
        self.weights = nn.Parameter(torch.randn(1))
        self.bias = nn.Parameter(torch.randn(1))
        # {% else %}
        # why: a layer owns its weight and its bias; models are made of such layers.
        self.linear = nn.Linear(in_features=1, out_features=1)
        # {% endif %}
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return predictions: (N, 1) -> (N, 1)."""
        ### BEGIN SOLUTION: model
        # {% if model == "parameter" %}
        return self.weights * x + self.bias
        # {% else %}
        return self.linear(x)
        # {% endif %}
        ### END SOLUTION

    def extra_repr(self) -> str:
        """Put the learned numbers beside the true ones when the model is printed."""
        # {% if model == "parameter" %}
        weight, bias = self.weights.item(), self.bias.item()
        # {% else %}
        weight, bias = self.linear.weight.item(), self.linear.bias.item()
        # {% endif %}
        return f"learned: y = {weight:.4f} * x + {bias:.4f}\ntrue:    {self.true}"


def build_model(config: Config, state: State) -> nn.Module:
    """Return a line that knows nothing yet."""
    return Line(config)
