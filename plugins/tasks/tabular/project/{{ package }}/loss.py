"""Loss function, predictions and metric."""

import torch
from torch import nn

from .config import Config

# {% if family == "regression" %}
METRIC = "mae"
# {% else %}
METRIC = "accuracy"
# {% endif %}


class TabularLoss(nn.Module):
    """A loss function of torch.nn, and the metric."""

    def __init__(self, loss_fn: nn.Module) -> None:
        super().__init__()
        self.loss_fn = loss_fn

    def forward(self, outputs: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """Return the mean loss of a batch: ()."""
        return self.loss_fn(outputs, y)

    def metric(self, outputs: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        # {% if family == "regression" %}
        """Return the mean absolute error (MAE): (N, 1), (N, 1) -> ()."""
        predictions = to_predictions(outputs)
        if predictions.shape != y.shape:  # they would broadcast, also in the loss
            shapes = f"{tuple(predictions.shape)}, not {tuple(y.shape)} as the labels"
            what = f"predictions are {shapes}; see forward() in model.py"
            raise SystemExit(f"error: {what}")
        return (predictions - y).abs().mean()
        # {% else %}
        """Return the accuracy, the fraction of correct predictions: ()."""
        return (to_predictions(outputs) == y).float().mean()
        # {% endif %}


def build_loss_fn(config: Config, data_info: dict) -> nn.Module:
    # {% if family == "regression" %}
    """Return the loss function."""
    ### BEGIN SOLUTION: loss
    # why: not squared, so that a few outliers do not dominate the other rows.
    return TabularLoss(nn.L1Loss())
    ### END SOLUTION
    # {% elif family == "binary" %}
    """Return the loss function; with --class-weights, both classes count alike."""
    negative, positive = data_info["counts"]  # of the training set
    ratio = torch.tensor(negative / max(1, positive)) if config.class_weights else None
    ### BEGIN SOLUTION: loss
    # why: it takes logits. Sigmoid and logarithm in one formula are numerically stable,
    # where a separate sigmoid would round to 0 or 1.
    return TabularLoss(nn.BCEWithLogitsLoss(pos_weight=ratio))
    ### END SOLUTION
    # {% else %}
    """Return the loss function; with --class-weights, all classes count alike."""
    counts = torch.tensor(data_info["counts"]).clamp(min=1)  # of the training set
    weight = counts.sum() / len(counts) / counts if config.class_weights else None
    ### BEGIN SOLUTION: loss
    # why: it takes logits, since it contains the softmax.
    return TabularLoss(nn.CrossEntropyLoss(weight=weight))
    ### END SOLUTION
    # {% endif %}


# {% if family == "regression" %}
def to_values(predictions: torch.Tensor, data_info: dict) -> list[float]:
    """Return predictions, which may be moved and scaled, as values of the target."""
    values = predictions.double() * data_info["unit"] + data_info["offset"]
    return values.flatten().tolist()


# {% else %}
def to_probabilities(logits: torch.Tensor) -> torch.Tensor:
    """Return the probability of each class: (N, classes)."""
    # {% if family == "binary" %}
    return torch.sigmoid(torch.stack([-logits, logits], dim=1))
    # {% else %}
    return logits.softmax(dim=1)
    # {% endif %}


# {% endif %}
def to_predictions(outputs: torch.Tensor) -> torch.Tensor:
    # {% if family == "regression" %}
    """Return the predicted value of each example: (N, 1) -> (N, 1)."""
    ### BEGIN SOLUTION: predict
    return outputs
    ### END SOLUTION
    # {% elif family == "binary" %}
    """Return the predicted label of each example, 0 or 1: (N,) -> (N,)."""
    ### BEGIN SOLUTION: predict
    return torch.sigmoid(outputs).round()
    ### END SOLUTION
    # {% else %}
    """Return the predicted class index of each example: (N, C) -> (N,)."""
    ### BEGIN SOLUTION: predict
    return outputs.argmax(dim=1)
    ### END SOLUTION
    # {% endif %}
