"""Loss function, predictions and metric."""

import torch
from torch import nn

# {% if family == "regression" %}
METRIC = "mae"
# {% else %}
METRIC = "accuracy"
UNBALANCED = 0.9  # of the rows in one class
# {% endif %}
### BEGIN SOLUTION: loss
# {% if family == "regression" %}
# why: not squared, so that a few outliers do not dominate the other rows.
loss_fn = nn.L1Loss()
# {% elif family == "binary" %}
# why: it takes logits. Sigmoid and logarithm in one formula are numerically stable,
# where a separate sigmoid would round to 0 or 1.
loss_fn = nn.BCEWithLogitsLoss()
# {% else %}
loss_fn = nn.CrossEntropyLoss()  # takes logits: it contains the softmax
# {% endif %}
### END SOLUTION


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


# {% if family == "regression" %}
def to_values(predictions: torch.Tensor, data_info: dict) -> list[float]:
    """Return predictions, which may be moved and scaled, as values of the target."""
    values = predictions.double() * data_info["unit"] + data_info["offset"]
    return values.flatten().tolist()


# {% else %}
def make_loss_fn(
    train_data: torch.utils.data.TensorDataset,
    data_info: dict,
    weighted: bool,
    device: torch.device,
) -> nn.Module:
    """Return the loss function; if weighted, rare classes count as much as others."""
    classes, y = data_info["classes"], train_data.tensors[1].to(device)
    counts = y.long().bincount(minlength=len(classes))
    if not weighted:
        majority = counts.max() / len(y)
        if majority > UNBALANCED:
            most = f"{majority:.0%} of the rows are {classes[counts.argmax()]!r}"
            print(f"note: {most}; try --class-weights")
        return loss_fn
    weights = len(y) / len(counts) / counts.clamp(min=1)
    # {% if family == "binary" %}
    return nn.BCEWithLogitsLoss(pos_weight=weights[1] / weights[0])
    # {% else %}
    return nn.CrossEntropyLoss(weight=weights)
    # {% endif %}


def to_probabilities(logits: torch.Tensor) -> torch.Tensor:
    """Return the probability of each class: (N, classes)."""
    # {% if family == "binary" %}
    return torch.sigmoid(torch.stack([-logits, logits], dim=1))
    # {% else %}
    return logits.softmax(dim=1)
    # {% endif %}


# {% endif %}
def metric_fn(predictions: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    # {% if family == "regression" %}
    """Return the mean absolute error (MAE): (N, 1), (N, 1) -> ()."""
    if predictions.shape != y.shape:  # they would broadcast, also in the loss
        shapes = f"{tuple(predictions.shape)}, not {tuple(y.shape)} as the labels"
        raise SystemExit(f"error: predictions are {shapes}; see forward() in model.py")
    return (predictions - y).abs().mean()
    # {% else %}
    """Return the accuracy, the fraction of correct predictions: (N,), (N,) -> ()."""
    return (predictions == y).float().mean()
    # {% endif %}
