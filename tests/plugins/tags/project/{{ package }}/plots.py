"""Plot the predictions of the model."""

from matplotlib.figure import Figure
from sklearn.metrics import f1_score
from torch import nn
from torch.utils.data import TensorDataset

from .data import TAGS
from .engine import predict
from .loss import to_predictions


def plot_predictions(
    model: nn.Module,
    train_data: TensorDataset,
    test_data: TensorDataset,
    data_info: dict,
) -> dict[str, Figure]:
    """Return the F1 score of each tag on the test set."""
    x, y = test_data.tensors
    predictions = to_predictions(predict(model, x))
    figure = Figure(layout="constrained")
    axes = figure.subplots()
    axes.bar(TAGS, f1_score(y, predictions, average=None, zero_division=0))
    axes.set(title="Test set", ylabel="F1 score", ylim=(0, 1))
    return {"f1_scores": figure}
