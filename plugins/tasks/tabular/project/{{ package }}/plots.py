"""Plot the predictions of the model."""

from matplotlib.figure import Figure
from torch import nn
from torch.utils.data import TensorDataset

from .engine import predict
from .loss import to_predictions


def plot_predictions(
    model: nn.Module,
    train_data: TensorDataset,
    validation_data: TensorDataset,
    test_data: TensorDataset,
    data_info: dict,
) -> dict[str, Figure]:
    # {% if family == "regression" %}
    """Return predicted vs. true values of the test set, and the residuals."""
    x, y = test_data.tensors
    predictions = to_predictions(predict(model, x))
    figure = Figure(figsize=(10, 5), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.scatter(y, predictions, s=12, label="test set")
    left.axline((data_info["mean"],) * 2, slope=1, c="black", lw=1, label="y = x")
    left.set(title="Predicted vs. true", xlabel="true", ylabel="predicted")
    left.legend()
    right.scatter(predictions, predictions - y, s=12, label="test set")
    right.axhline(0, c="black", lw=1)
    right.set(title="Residuals", xlabel="predicted", ylabel="predicted - true")
    figure.suptitle(printable(data_info["target"]))
    return {"predictions": figure}
    # {% else %}
    """Return the confusion matrix of the test set."""
    from sklearn.metrics import ConfusionMatrixDisplay

    x, y = test_data.tensors
    classes = [printable(name) for name in data_info["classes"]]
    few = len(classes) <= 12  # more numbers and names would not be readable
    figure = Figure(figsize=(6, 5), layout="constrained")
    axes = figure.subplots()
    ConfusionMatrixDisplay.from_predictions(
        y,
        to_predictions(predict(model, x)),
        labels=range(len(classes)),
        display_labels=classes,
        include_values=few,
        xticks_rotation=45 if few else "vertical",
        cmap="Blues",
        ax=axes,
    )
    axes.set_title(f"Confusion matrix (test set): {printable(data_info['target'])}")
    return {"confusion_matrix": figure}
    # {% endif %}


def printable(name: str) -> str:
    """Return a name of the table, short, and without characters that the font lacks."""
    short = name if len(name) <= 20 else f"{name[:19]}..."
    return short.encode("latin-1", "replace").decode("latin-1").replace("$", r"\$")
