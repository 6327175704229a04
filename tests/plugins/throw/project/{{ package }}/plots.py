"""Plot the predictions of the model."""

from matplotlib.figure import Figure
from torch import nn
from torch.utils.data import TensorDataset

from .data import OUTPUTS
from .engine import predict


def plot_predictions(
    model: nn.Module,
    train_data: TensorDataset,
    validation_data: TensorDataset,
    test_data: TensorDataset,
    data_info: dict,
) -> dict[str, Figure]:
    """Return predicted vs. true values of the test set, for each output."""
    x, y = test_data.tensors
    predictions = predict(model, x)
    figure = Figure(figsize=(10, 5), layout="constrained")
    for i, axes in enumerate(figure.subplots(1, len(OUTPUTS))):
        axes.scatter(y[:, i], predictions[:, i], s=12)
        axes.axline((data_info["y_mean"][i],) * 2, slope=1, c="black", lw=1)
        axes.set(title=OUTPUTS[i], xlabel="true", ylabel="predicted")
    return {"predictions": figure}
