"""The model: a convolutional network with batch norm."""

from torch import Tensor, nn

from .config import Config
from .data import CLASSES


class BarCNN(nn.Module):
    """Two convolutions, each with batch norm, ReLU and max pooling."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(in_channels=1, out_channels=8, kernel_size=3, padding=1),
            nn.BatchNorm2d(num_features=8),
            nn.ReLU(),
            nn.MaxPool2d(kernel_size=2),  # (N, 8, 6, 6)
            nn.Conv2d(in_channels=8, out_channels=16, kernel_size=3, padding=1),
            nn.BatchNorm2d(num_features=16),
            nn.ReLU(),
            nn.AdaptiveMaxPool2d(output_size=2),  # (N, 16, 2, 2)
            nn.Flatten(),  # (N, 64)
            nn.Dropout(p=0.1),
            nn.Linear(in_features=64, out_features=len(CLASSES)),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return logits: (N, 1, 12, 12) -> (N, classes)."""
        return self.layers(x)


def build_model(config: Config) -> nn.Module:
    """Return a model with random initial weights."""
    return BarCNN()
