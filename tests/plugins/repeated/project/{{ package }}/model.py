"""The model: a transformer encoder."""

import torch
from torch import Tensor, nn

from .config import Config
from .data import CLASSES, LENGTH


class DigitTransformer(nn.Module):
    """One encoder layer on embedded digits, and a linear layer on their mean."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.embedding = nn.Embedding(len(CLASSES), 32)
        self.positions = nn.Parameter(0.1 * torch.randn(LENGTH, 32))
        self.encoder = nn.TransformerEncoderLayer(
            32, nhead=4, dim_feedforward=64, dropout=dropout, batch_first=True
        )
        self.linear = nn.Linear(in_features=32, out_features=len(CLASSES))

    def forward(self, x: Tensor) -> Tensor:
        """Return logits: digits (N, 6) -> (N, classes)."""
        encoded = self.encoder(self.embedding(x) + self.positions)  # (N, 6, 32)
        return self.linear(encoded.mean(dim=1))


def build_model(config: Config) -> nn.Module:
    """Return a model with random initial weights."""
    return DigitTransformer(config.dropout)
