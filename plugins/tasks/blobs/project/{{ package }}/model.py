"""The model: a multilayer perceptron."""

from torch import Tensor, nn

from .config import Config
from .data import CLASSES


class BlobClassifier(nn.Module):
    """Two hidden layers, each followed by an activation function."""

    def __init__(self, hidden_units: int, activation: str) -> None:
        super().__init__()
        ### BEGIN SOLUTION: model
        # why: ReLU is a non-linear activation function. With it the decision boundaries
        # may bend; linear layers alone separate the classes by straight lines.
        activation_fn = {"relu": nn.ReLU, "none": nn.Identity}[activation]
        self.layers = nn.Sequential(
            nn.Linear(in_features=2, out_features=hidden_units),
            activation_fn(),
            nn.Linear(in_features=hidden_units, out_features=hidden_units),
            activation_fn(),
            nn.Linear(in_features=hidden_units, out_features=len(CLASSES)),
        )
        ### END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """Return logits: (N, 2) -> (N, classes)."""
        ### BEGIN SOLUTION: model
        return self.layers(x)
        ### END SOLUTION


def build_model(config: Config) -> nn.Module:
    """Return a model with random initial weights."""
    return BlobClassifier(config.hidden_units, config.activation)
