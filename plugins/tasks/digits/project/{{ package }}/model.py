"""The model: from a picture of 8 by 8 pixels to a logit for each digit."""

from torch import Tensor, nn

from .config import Config
from .contract import State


# {% if model == "cnn" %}
class Convolutions(nn.Module):
    """Two convolutions, each followed by a ReLU and a pooling, and a last layer."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        ### BEGIN SOLUTION: model
        # why: a convolution looks at 3 by 3 pixels at a time, with the same weights
        # everywhere: what it learns of a stroke in one place helps in all others.
        self.layers = nn.Sequential(
            nn.Conv2d(in_channels=1, out_channels=8, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(kernel_size=2),  # (N, 8, 4, 4): of four values the largest
            nn.Conv2d(in_channels=8, out_channels=16, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(kernel_size=2),  # (N, 16, 2, 2)
            nn.Flatten(),  # (N, 64)
            nn.Linear(in_features=64, out_features=classes),
        )
        ### END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """Return logits: (N, 1, 8, 8) -> (N, classes)."""
        ### BEGIN SOLUTION: model
        return self.layers(x)
        ### END SOLUTION


# {% else %}
class PixelLayers(nn.Module):
    """A hidden layer of 64 with a ReLU, over the pixels as a plain list."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        ### BEGIN SOLUTION: model
        # why: Flatten puts the rows of a picture one after the other. The model is not
        # told which pixels are neighbours; it has to learn what that means.
        self.layers = nn.Sequential(
            nn.Flatten(),  # (N, 64)
            nn.Linear(in_features=64, out_features=64),
            nn.ReLU(),
            nn.Linear(in_features=64, out_features=classes),
        )
        ### END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """Return logits: (N, 1, 8, 8) -> (N, classes)."""
        ### BEGIN SOLUTION: model
        return self.layers(x)
        ### END SOLUTION


# {% endif %}
def build_model(config: Config, state: State) -> nn.Module:
    """Return a model with random weights and an output for each class."""
    # {% if model == "cnn" %}
    return Convolutions(classes=len(state["classes"]))
    # {% else %}
    return PixelLayers(classes=len(state["classes"]))
    # {% endif %}
