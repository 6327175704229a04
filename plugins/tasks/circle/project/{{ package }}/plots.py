"""Plot the predictions of the model."""

import torch
from matplotlib.figure import Figure
from torch.utils.data import TensorDataset

from .data import CLASSES
from .engine import predict
from .loss import to_predictions


def plot_predictions(
    model: torch.nn.Module, train_data: TensorDataset, test_data: TensorDataset
) -> dict[str, Figure]:
    """Return the decision boundary, with the training and the test set."""
    xs = 1.1 * train_data.tensors[0].abs().max() * torch.linspace(-1, 1, 200)
    grid = torch.cartesian_prod(xs, xs)  # (40000, 2)
    regions = to_predictions(predict(model, grid)).reshape(200, 200).T
    figure = Figure(figsize=(10, 5), layout="compressed")
    for axes, title in zip(figure.subplots(1, 2), ("Training", "Test"), strict=True):
        x, y = train_data.tensors if title == "Training" else test_data.tensors
        axes.contourf(xs, xs, regions, levels=1, cmap="RdYlBu", alpha=0.4)
        points = axes.scatter(x[:, 0], x[:, 1], c=y, s=12, cmap="RdYlBu")
        axes.set(title=f"{title} set", xlabel="x1", ylabel="x2")
        axes.legend(points.legend_elements()[0], CLASSES)
    return {"decision_boundary": figure}
