"""Plot the predictions of the model."""

from matplotlib.figure import Figure
from torch import nn
from torch.utils.data import TensorDataset

from .data import TAGS
from .engine import predict
from .loss import to_predictions


def plot_predictions(
    model: nn.Module, train_data: TensorDataset, test_data: TensorDataset
) -> dict[str, Figure]:
    """Return the test set, colored by each predicted tag."""
    x, _ = test_data.tensors
    predictions = to_predictions(predict(model, x))  # (N, tags)
    figure = Figure(figsize=(10, 4), layout="constrained")
    for i, axes in enumerate(figure.subplots(1, len(TAGS))):
        axes.scatter(x[:, 0], x[:, 1], c=predictions[:, i], s=12, cmap="coolwarm")
        axes.set(title=TAGS[i], xlabel="x1", ylabel="x2")
    return {"tags": figure}
