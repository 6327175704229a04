"""Plot the predictions of the model."""

from matplotlib.figure import Figure
from torch import nn
from torch.utils.data import TensorDataset

from .engine import predict
from .loss import to_predictions


def plot_predictions(
    model: nn.Module, train_data: TensorDataset, test_data: TensorDataset
) -> dict[str, Figure]:
    """Return the accuracy on the test set for each length of text."""
    x, y = test_data.tensors
    correct = (to_predictions(predict(model, x)) == y).float()
    lengths = (x > 0).sum(dim=1)
    shown = lengths.unique().tolist()
    values = [correct[lengths == n].mean().item() for n in shown]
    figure = Figure(layout="constrained")
    axes = figure.subplots()
    axes.bar(shown, values)
    axes.set(title="Test set", xlabel="length of the text", ylabel="accuracy")
    return {"accuracy_by_length": figure}
