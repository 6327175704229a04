"""The model: an LSTM."""

from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence

from .config import Config
from .data import CHARACTERS


class BracketClassifier(nn.Module):
    """An embedding, an LSTM, and a linear layer on the state at the end of a text."""

    def __init__(self, hidden_units: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(len(CHARACTERS) + 1, 8, padding_idx=0)
        self.lstm = nn.LSTM(8, hidden_units, batch_first=True)
        self.linear = nn.Linear(in_features=hidden_units, out_features=1)

    def forward(self, x: Tensor) -> Tensor:
        """Return logits: tokens (N, L) -> (N,)."""
        lengths = (x > 0).sum(dim=1).cpu()
        # why: packed, the LSTM stops at the end of each text, and reads no padding.
        packed = pack_padded_sequence(
            self.embedding(x), lengths, batch_first=True, enforce_sorted=False
        )
        _, (states, _) = self.lstm(packed)  # (1, N, hidden_units)
        return self.linear(states[-1]).squeeze(dim=1)


def build_model(config: Config) -> nn.Module:
    """Return a model with random initial weights."""
    return BracketClassifier(config.hidden_units)
