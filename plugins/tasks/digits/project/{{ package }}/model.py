"""The model: a classifier of images."""

from torch import Tensor, nn

from .config import Config
from .data import CLASSES


# {% if model == "cnn" %}
class DigitsCNN(nn.Module):
    """Two convolutions, each followed by ReLU and max pooling, and a linear layer."""

    def __init__(self) -> None:
        super().__init__()
        ### BEGIN SOLUTION: model
        # why: a convolution applies the same 3 by 3 filters at every position, so a
        # stroke is recognized wherever it is, with few parameters.
        self.layers = nn.Sequential(
            nn.Conv2d(in_channels=1, out_channels=8, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(kernel_size=2),  # (N, 8, 4, 4)
            nn.Conv2d(in_channels=8, out_channels=16, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(kernel_size=2),  # (N, 16, 2, 2)
            nn.Flatten(),  # (N, 64)
            nn.Linear(in_features=64, out_features=len(CLASSES)),
        )
        ### END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """Return logits: (N, 1, 8, 8) -> (N, classes)."""
        ### BEGIN SOLUTION: model
        return self.layers(x)
        ### END SOLUTION


# {% else %}
class DigitsMLP(nn.Module):
    """A hidden layer of 64 units with ReLU, on the flattened pixels."""

    def __init__(self) -> None:
        super().__init__()
        ### BEGIN SOLUTION: model
        self.layers = nn.Sequential(
            nn.Flatten(),  # (N, 64)
            nn.Linear(in_features=64, out_features=64),
            nn.ReLU(),
            nn.Linear(in_features=64, out_features=len(CLASSES)),
        )
        ### END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """Return logits: (N, 1, 8, 8) -> (N, classes)."""
        ### BEGIN SOLUTION: model
        return self.layers(x)
        ### END SOLUTION


# {% endif %}
def build_model(config: Config) -> nn.Module:
    """Return a model with random initial weights."""
    # {% if model == "cnn" %}
    return DigitsCNN()
    # {% else %}
    return DigitsMLP()
    # {% endif %}
