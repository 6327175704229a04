"""Plot the predictions of the model."""

import torch
from matplotlib.figure import Figure
from torch import nn
from torch.utils.data import TensorDataset

from .engine import predict


def plot_predictions(
    model: nn.Module, train_data: TensorDataset, test_data: TensorDataset
) -> dict[str, Figure]:
    """Return a plot of both data sets, the fitted line and the test predictions."""
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    x_test, y_test = test_data.tensors
    axes.scatter(*train_data.tensors, s=12, c="blue", label="training set")
    axes.scatter(x_test, y_test, s=12, c="green", label="test set")
    x = torch.cat([train_data.tensors[0], x_test])  # (N, 1)
    axes.plot(x, predict(model, x), c="red", lw=0.8, label="fitted line")
    axes.scatter(x_test, predict(model, x_test), s=12, c="red", label="predictions")
    axes.set(xlabel="x", ylabel="y", title="Data and fitted line")
    axes.legend()
    return {"predictions": figure}
