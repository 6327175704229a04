"""The model: from the standardised measurements to one number, the logit."""

from torch import Tensor, nn

from .config import Config
from .contract import State


class Diagnosis(nn.Module):
    """One layer, a weight for each measurement: a logistic regression."""

    def __init__(self, measurements: int) -> None:
        super().__init__()
        ### BEGIN SOLUTION: model
        self.layer = nn.Linear(in_features=measurements, out_features=1)
        ### END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """Return logits, above 0 for benign: (N, 30) -> (N,)."""
        ### BEGIN SOLUTION: model
        # why: squeeze takes the column of one away, so that logits have the shape of
        # the labels, (N,). The loss refuses to compare (N, 1) with (N,).
        return self.layer(x).squeeze(dim=1)
        ### END SOLUTION


def build_model(config: Config, state: State) -> nn.Module:
    """Return a model with random weights, as wide as the table of measurements."""
    return Diagnosis(measurements=len(state["inputs"]))
