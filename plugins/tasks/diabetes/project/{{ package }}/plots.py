"""Plot the predictions of the model."""

from matplotlib.figure import Figure
from torch import nn
from torch.utils.data import TensorDataset

from .engine import predict


def plot_predictions(
    model: nn.Module,
    train_data: TensorDataset,
    validation_data: TensorDataset,
    test_data: TensorDataset,
    data_info: dict,
) -> dict[str, Figure]:
    """Return predicted vs. true values of the test set, and the residuals."""
    x, y = test_data.tensors
    predictions = predict(model, x)
    figure = Figure(figsize=(10, 5), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.scatter(y, predictions, s=12, label="test set")
    left.axline((data_info["y_mean"],) * 2, slope=1, c="black", lw=1, label="y = x")
    left.set(title="Predicted vs. true", xlabel="true", ylabel="predicted")
    left.legend()
    right.scatter(predictions, y - predictions, s=12, label="test set")
    right.axhline(0, c="black", lw=1)
    right.set(title="Residuals", xlabel="predicted", ylabel="true - predicted")
    return {"predictions": figure}
