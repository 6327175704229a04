"""The model: from the two coordinates of a point to one number, its logit."""

from torch import Tensor, nn

from .config import Config
from .contract import State


# {% if model == "relu" %}
class BentLayers(nn.Module):
    """Two hidden layers of 16, each followed by a ReLU."""

    def __init__(self) -> None:
        super().__init__()
        ### BEGIN SOLUTION: model
        # why: ReLU bends what passes through it. Without bends, layers on layers are
        # still one straight map, and no straight line separates circles.
        self.layers = nn.Sequential(
            nn.Linear(in_features=2, out_features=16),
            nn.ReLU(),
            nn.Linear(in_features=16, out_features=16),
            nn.ReLU(),
            nn.Linear(in_features=16, out_features=1),
        )
        ### END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """Return logits: (N, 2) -> (N,)."""
        ### BEGIN SOLUTION: model
        return self.layers(x).squeeze(dim=1)
        ### END SOLUTION


# {% else %}
class StraightLayers(nn.Module):
    """Two layers with nothing between them: together still one straight map."""

    def __init__(self) -> None:
        super().__init__()
        ### BEGIN SOLUTION: model
        self.layer_1 = nn.Linear(in_features=2, out_features=5)
        self.layer_2 = nn.Linear(in_features=5, out_features=1)
        ### END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """Return logits: (N, 2) -> (N,)."""
        ### BEGIN SOLUTION: model
        return self.layer_2(self.layer_1(x)).squeeze(dim=1)
        ### END SOLUTION

    def extra_repr(self) -> str:
        """Say when the model is printed why its accuracy stays low."""
        return "straight layers only: accuracy stays near 0.5, and that is the lesson"


# {% endif %}
def build_model(config: Config, state: State) -> nn.Module:
    """Return a model with random weights."""
    # {% if model == "relu" %}
    return BentLayers()
    # {% else %}
    return StraightLayers()
    # {% endif %}
