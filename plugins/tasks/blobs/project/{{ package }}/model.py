"""The model: from the two coordinates of a point to a logit for each blob."""

from torch import Tensor, nn

from .config import Config
from .contract import State


# {% if model == "relu" %}
class BentLayers(nn.Module):
    """Two hidden layers of 8, each followed by a ReLU."""

    def __init__(self, blobs: int) -> None:
        super().__init__()
        ### BEGIN SOLUTION: model
        # why: ReLU bends what passes through it, so the boundaries between the blobs
        # may have corners. Straight layers alone could only draw straight lines.
        self.layers = nn.Sequential(
            nn.Linear(in_features=2, out_features=8),
            nn.ReLU(),
            nn.Linear(in_features=8, out_features=8),
            nn.ReLU(),
            nn.Linear(in_features=8, out_features=blobs),
        )
        ### END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """Return logits: (N, 2) -> (N, blobs)."""
        ### BEGIN SOLUTION: model
        return self.layers(x)
        ### END SOLUTION


# {% else %}
class StraightLayers(nn.Module):
    """Three layers with nothing between them: together still one straight map."""

    def __init__(self, blobs: int) -> None:
        super().__init__()
        ### BEGIN SOLUTION: model
        self.layer_1 = nn.Linear(in_features=2, out_features=8)
        self.layer_2 = nn.Linear(in_features=8, out_features=8)
        self.layer_3 = nn.Linear(in_features=8, out_features=blobs)
        ### END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """Return logits: (N, 2) -> (N, blobs)."""
        ### BEGIN SOLUTION: model
        return self.layer_3(self.layer_2(self.layer_1(x)))
        ### END SOLUTION


# {% endif %}
def build_model(config: Config, state: State) -> nn.Module:
    """Return a model with random weights and an output for each blob."""
    # {% if model == "relu" %}
    return BentLayers(state["blobs"])
    # {% else %}
    return StraightLayers(state["blobs"])
    # {% endif %}
