"""Plot the predictions of the model, and which columns they depend on."""

import re

import torch
from matplotlib.figure import Figure
from torch.utils.data import TensorDataset

from . import loss
from .config import Config
from .engine import predict

# {% if family == "regression" %}
MAX_POINTS = 2_000  # more are drawn as their density
# {% else %}
MAX_NUMBERS, MAX_NAMES = 12, 60  # of classes; more would not be readable
# {% endif %}
MAX_BARS = 20
N_PERMUTATIONS = 3  # of each column


def plot_predictions(
    model: torch.nn.Module,
    train_data: TensorDataset,
    validation_data: TensorDataset,
    test_data: TensorDataset,
    data_info: dict,
) -> dict[str, Figure]:
    # {% if family == "regression" %}
    """Return predicted vs. true values of the test set, and importances of columns."""
    x, y = test_data[:]
    outputs = loss.to_predictions(predict(model, x))
    predictions = torch.tensor(loss.to_values(outputs, data_info))
    y = torch.tensor(loss.to_values(y, data_info))
    figure = Figure(figsize=(10, 5), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.set(title="Predicted vs. true", xlabel="true", ylabel="predicted")
    right.set(title="Residuals", xlabel="predicted", ylabel="predicted - true")
    points = {left: (y, predictions), right: (predictions, predictions - y)}
    for axes, (horizontal, vertical) in points.items():
        if len(y) <= MAX_POINTS:
            axes.scatter(horizontal, vertical, s=12, alpha=min(1, 0.1 + 200 / len(y)))
        else:
            axes.hexbin(horizontal, vertical, bins="log", mincnt=1)
        axes.locator_params(axis="x", nbins=5)  # long numbers would overlap
    left.axline((y.mean(), y.mean()), slope=1, c="black", lw=1, label="y = x")
    left.axis("equal")
    left.legend()
    right.axhline(0, c="black", lw=1)
    figure.suptitle(f"{printable(data_info['target'])} (test set)")
    return {"predictions": figure, **plot_importance(model, test_data, data_info)}
    # {% else %}
    """Return the confusion matrix of the test set, and importances of columns."""
    from sklearn.metrics import ConfusionMatrixDisplay

    x, y = test_data[:]
    classes = [printable(name) for name in data_info["classes"]]
    few = len(classes) <= MAX_NUMBERS
    side = 5 if few else 5 + 0.12 * min(len(classes), MAX_NAMES)
    figure = Figure(figsize=(side + 1, side), layout="constrained")
    axes = figure.subplots()
    # why: fractions of each row, not numbers: rare classes would not be visible.
    ConfusionMatrixDisplay.from_predictions(
        y,
        loss.to_predictions(predict(model, x)),
        labels=range(len(classes)),
        display_labels=classes,
        include_values=few,
        normalize="true",
        values_format=".0%",
        xticks_rotation=45 if few else "vertical",
        cmap="Blues",
        im_kw={"vmin": 0, "vmax": 1},
        ax=axes,
    )
    counts = y.long().bincount(minlength=len(classes)).tolist()
    axes.set_yticklabels(map("{} ({:,})".format, classes, counts))
    if len(classes) > MAX_NAMES:
        axes.set(xticks=[], yticks=[])
    axes.set_title(f"Confusion matrix (test set): {printable(data_info['target'])}")
    importance = plot_importance(model, test_data, data_info)
    return {"confusion_matrix": figure, **importance}
    # {% endif %}


def plot_importance(
    model: torch.nn.Module, test_data: TensorDataset, data_info: dict
) -> dict[str, Figure]:
    """Return how much the loss increases when the values of a column are permuted.

    Of a wide table, fewer rows are used, so that it takes seconds; or nothing is drawn.
    """
    columns, generator = data_info["columns"], torch.Generator().manual_seed(0)
    n_rows = min(2_000, 10**9 // (len(columns) * data_info["width"]))
    if n_rows < min(100, len(test_data)):
        return {}
    x, y = test_data[:: 1 + len(test_data) // n_rows]
    x, increases = x.clone(), []
    loss_fn = loss.build_loss_fn(Config(), data_info)
    before = loss_fn(predict(model, x), y)
    # Names of inputs have the number of their column, such as categories__2_red.
    numbers = torch.tensor(
        [int(re.findall(r"\d+", name)[0]) for name in data_info["input_names"]]
    )
    for number in range(len(columns)):
        # why: all inputs of a column at once: one-hot groups stay possible.
        places = (numbers == number).nonzero().flatten()
        inputs, losses = x[:, places], []
        for _ in range(N_PERMUTATIONS):
            x[:, places] = inputs[torch.randperm(len(x), generator=generator)]
            losses.append(loss_fn(predict(model, x), y))
        x[:, places] = inputs
        increases.append(float(sum(losses)) / N_PERMUTATIONS - float(before))
    order = sorted(range(len(columns)), key=increases.__getitem__)[-MAX_BARS:]
    figure = Figure(figsize=(7, 1 + 0.25 * len(order)), layout="constrained")
    axes = figure.subplots()
    axes.barh(range(len(order)), [increases[number] for number in order])
    names = [printable(columns[number]["name"]) for number in order]
    axes.set_yticks(range(len(order)), names)
    axes.set(title="Permutation importance", xlabel="increase of the test loss")
    return {"importance": figure}


def printable(name: str) -> str:
    """Return a name of the table, short, and without characters that the font lacks."""
    short = name if len(name) <= 20 else f"{name[:19]}..."
    return short.encode("latin-1", "replace").decode("latin-1").replace("$", r"\$")
