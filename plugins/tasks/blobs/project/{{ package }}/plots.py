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
    """Return the decision boundaries, with the training and the test set."""
    low, high = train_data.tensors[0].min() - 1, train_data.tensors[0].max() + 1
    xs = torch.linspace(low.item(), high.item(), 200)
    grid = torch.cartesian_prod(xs, xs)  # (40000, 2)
    regions = to_predictions(predict(model, grid)).reshape(200, 200).T.numpy()
    figure = Figure(figsize=(10, 5), layout="compressed")
    colors = {"cmap": "tab10", "vmin": 0, "vmax": 9}  # a color for each class
    extent = (low.item(), high.item(), low.item(), high.item())
    for axes, title in zip(figure.subplots(1, 2), ("Training", "Test"), strict=True):
        x, y = train_data.tensors if title == "Training" else test_data.tensors
        axes.imshow(regions, origin="lower", extent=extent, alpha=0.4, **colors)
        points = axes.scatter(x[:, 0], x[:, 1], c=y, s=12, **colors)
        axes.set(title=f"{title} set", xlabel="x1", ylabel="x2")
        axes.legend(points.legend_elements()[0], CLASSES, title="class")
    return {"decision_boundary": figure}
