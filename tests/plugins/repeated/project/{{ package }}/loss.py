"""Loss function, predictions and metric of multiclass classification."""

from torch import Tensor, nn

METRIC = "accuracy"
# why: it takes logits, since it contains the softmax. A second softmax in the model
# would raise no error, but slow down training.
loss_fn = nn.CrossEntropyLoss()


def to_predictions(logits: Tensor) -> Tensor:
    """Return the predicted class index of each example: (N, C) -> (N,)."""
    return logits.argmax(dim=1)


def to_probabilities(logits: Tensor) -> Tensor:
    """Return the probability of each class: (N, C) -> (N, C)."""
    return logits.softmax(dim=1)


def metric_fn(predictions: Tensor, y: Tensor) -> Tensor:
    """Return the accuracy, the fraction of correct predictions: (N,), (N,) -> ()."""
    return (predictions == y).float().mean()
