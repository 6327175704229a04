"""The model: a multilayer perceptron."""

from torch import Tensor, nn

from .config import Config


class TabularMLP(nn.Module):
    """Two hidden layers, each followed by ReLU and dropout."""

    def __init__(self, config: Config, data_info: dict) -> None:
        super().__init__()
        ### BEGIN SOLUTION: model
        # {% if family == "multiclass" %}
        n_outputs = len(data_info["classes"])  # a logit for each class
        # {% else %}
        n_outputs = 1
        # {% endif %}
        self.layers = nn.Sequential(
            nn.Linear(data_info["width"], config.hidden_units),
            nn.ReLU(),
            # why: dropout sets random activations to 0 in training, so that no unit can
            # rely on a single other one. It reduces overfitting.
            nn.Dropout(config.dropout),
            nn.Linear(config.hidden_units, config.hidden_units),
            nn.ReLU(),
            nn.Dropout(config.dropout),
            nn.Linear(config.hidden_units, n_outputs),
        )
        ### END SOLUTION
        # {% if family == "regression" %}
        self.mean, self.std = data_info["mean"], data_info["std"]
        # {% endif %}

    def forward(self, x: Tensor) -> Tensor:
        # {% if family == "regression" %}
        """Return predictions in the units of the target: (N, width) -> (N, 1)."""
        ### BEGIN SOLUTION: model
        # why: freshly initialised layers output values around 0, not around the target.
        return self.layers(x) * self.std + self.mean
        ### END SOLUTION
        # {% elif family == "binary" %}
        """Return logits: (N, width) -> (N,)."""
        ### BEGIN SOLUTION: model
        return self.layers(x).squeeze(dim=1)
        ### END SOLUTION
        # {% else %}
        """Return logits: (N, width) -> (N, classes)."""
        ### BEGIN SOLUTION: model
        return self.layers(x)
        ### END SOLUTION
        # {% endif %}


def build_model(config: Config, data_info: dict) -> nn.Module:
    """Return a model with random initial weights, for the columns of the table."""
    return TabularMLP(config, data_info)
