"""Plot the predictions of the model."""

from matplotlib.figure import Figure
from torch import nn
from torch.utils.data import TensorDataset

from .engine import predict
from .loss import metric_fn, to_predictions


def plot_predictions(
    model: nn.Module, train_data: TensorDataset, test_data: TensorDataset
) -> dict[str, Figure]:
    """Return the accuracy on the test set for each length of text."""
    x, y = test_data.tensors
    predictions, lengths = to_predictions(predict(model, x)), (x > 0).sum(dim=1)
    shown = lengths.unique().tolist()
    masks = [lengths == n for n in shown]
    values = [metric_fn(predictions[mask], y[mask]).item() for mask in masks]
    figure = Figure(layout="constrained")
    axes = figure.subplots()
    axes.bar(shown, values)
    axes.set(title="Test set", xlabel="length of the text", ylabel="accuracy")
    return {"accuracy_by_length": figure}
