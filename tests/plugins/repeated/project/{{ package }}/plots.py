"""Plot the predictions of the model."""

import torch
from matplotlib.figure import Figure
from torch import nn
from torch.utils.data import TensorDataset

from .data import CLASSES
from .engine import predict
from .loss import to_predictions


def plot_predictions(
    model: nn.Module, train_data: TensorDataset, test_data: TensorDataset
) -> dict[str, Figure]:
    """Return the confusion matrix of the test set."""
    x, y = test_data.tensors
    matrix = torch.zeros(len(CLASSES), len(CLASSES))
    pairs = (y, to_predictions(predict(model, x)))
    matrix.index_put_(pairs, torch.ones(len(y)), accumulate=True)
    figure = Figure(layout="constrained")
    axes = figure.subplots()
    axes.imshow(matrix.numpy(), cmap="Blues")
    axes.set(title="Test set", xlabel="predicted digit", ylabel="repeated digit")
    return {"confusion_matrix": figure}
