"""Plot the predictions of the model."""

import torch
from matplotlib.figure import Figure
from torch.utils.data import TensorDataset

from . import loss
from .engine import predict

MAX_POINTS = 20_000  # of the test set; more would only take time


def plot_predictions(
    model: torch.nn.Module,
    train_data: TensorDataset,
    validation_data: TensorDataset,
    test_data: TensorDataset,
    data_info: dict,
) -> dict[str, Figure]:
    # {% if family == "regression" %}
    """Return predicted vs. true values of the test set, and the residuals."""
    x, y = test_data[:MAX_POINTS]
    predictions = torch.tensor(
        loss.to_values(loss.to_predictions(predict(model, x)), data_info)
    )
    y = torch.tensor(loss.to_values(y, data_info))
    figure = Figure(figsize=(10, 5), layout="constrained")
    left, right = figure.subplots(1, 2)
    look = {"s": 12, "alpha": max(0.05, min(1, 500 / len(y))), "label": "test set"}
    left.scatter(y, predictions, **look)
    left.axline((y.mean(), y.mean()), slope=1, c="black", lw=1, label="y = x")
    left.axis("equal")
    left.set(title="Predicted vs. true", xlabel="true", ylabel="predicted")
    left.legend()
    right.scatter(predictions, predictions - y, **look)
    right.axhline(0, c="black", lw=1)
    right.set(title="Residuals", xlabel="predicted", ylabel="predicted - true")
    figure.suptitle(printable(data_info["target"]))
    return {"predictions": figure}
    # {% else %}
    """Return the confusion matrix of the test set."""
    from sklearn.metrics import ConfusionMatrixDisplay

    x, y = test_data[:MAX_POINTS]
    classes = [printable(name) for name in data_info["classes"]]
    few = len(classes) <= 12  # more numbers and names would not be readable
    figure = Figure(figsize=(6, 5), layout="constrained")
    axes = figure.subplots()
    ConfusionMatrixDisplay.from_predictions(
        y,
        loss.to_predictions(predict(model, x)),
        labels=range(len(classes)),
        display_labels=classes,
        include_values=few,
        normalize=None if few else "true",  # rare classes would not be visible
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
