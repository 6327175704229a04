"""The model: a multilayer perceptron with a logit for each tag."""

from torch import Tensor, nn

from .config import Config
from .data import TAGS


class Tagger(nn.Module):
    """A hidden layer with ReLU."""

    def __init__(self, n_words: int, hidden_units: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(in_features=n_words, out_features=hidden_units),
            nn.ReLU(),
            nn.Linear(in_features=hidden_units, out_features=len(TAGS)),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return logits: (N, words) -> (N, tags)."""
        return self.layers(x)


def build_model(config: Config, data_info: dict) -> nn.Module:
    """Return a model with random initial weights."""
    return Tagger(len(data_info["inputs"]), config.hidden_units)
