"""The model: a multilayer perceptron with a logit for each tag."""

from torch import Tensor, nn

from .config import Config
from .data import INPUTS, TAGS


class MoonTagger(nn.Module):
    """A hidden layer of 32 units with ReLU."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(in_features=len(INPUTS), out_features=32),
            nn.ReLU(),
            nn.Linear(in_features=32, out_features=len(TAGS)),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return logits: (N, 2) -> (N, tags)."""
        return self.layers(x)


def build_model(config: Config) -> nn.Module:
    """Return a model with random initial weights."""
    return MoonTagger()
