"""The model: a small encoder and decoder."""

import torch
from torch import Tensor, nn

from .config import Config
from .data import CLASSES


class SegmentationCNN(nn.Module):
    """A U-Net with one level: details of the input join the decoder."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = make_block(1, 16)
        self.down = nn.MaxPool2d(kernel_size=2)
        self.middle = make_block(16, 32)
        self.up = nn.ConvTranspose2d(32, 16, kernel_size=2, stride=2)
        self.decoder = make_block(32, 16)
        self.head = nn.Conv2d(16, len(CLASSES), kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        """Return logits: (N, 1, H, W) -> (N, classes, H, W)."""
        details = self.encoder(x)  # (N, 16, H, W)
        middle = self.middle(self.down(details))  # (N, 32, H / 2, W / 2)
        joined = torch.cat([details, self.up(middle)], dim=1)  # (N, 32, H, W)
        return self.head(self.decoder(joined))


def make_block(in_channels: int, out_channels: int) -> nn.Module:
    """Return a convolution with batch norm and ReLU."""
    return nn.Sequential(
        nn.Conv2d(in_channels, out_channels, kernel_size=3, padding=1),
        nn.BatchNorm2d(out_channels),
        nn.ReLU(),
    )


def build_model(config: Config) -> nn.Module:
    """Return a model with random initial weights."""
    return SegmentationCNN()
