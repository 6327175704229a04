"""The model: a logistic regression."""

from torch import Tensor, nn

from .config import Config


class LogisticRegression(nn.Module):
    """One linear layer: a weight for each input, and a bias."""

    def __init__(self, n_inputs: int) -> None:
        super().__init__()
        ### BEGIN SOLUTION: model
        self.layer = nn.Linear(in_features=n_inputs, out_features=1)
        ### END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """Return logits, positive for class 1: (N, inputs) -> (N,)."""
        ### BEGIN SOLUTION: model
        # why: squeeze turns (N, 1) into (N,), the shape of the labels.
        return self.layer(x).squeeze(dim=1)
        ### END SOLUTION


def build_model(config: Config, data_info: dict) -> nn.Module:
    """Return a model with random initial weights, for the inputs of the data."""
    return LogisticRegression(n_inputs=len(data_info["inputs"]))
