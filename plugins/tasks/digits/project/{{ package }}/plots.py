"""Plot the predictions of the model."""

import math

from matplotlib.figure import Figure
from sklearn.metrics import ConfusionMatrixDisplay
from torch import Tensor, nn
from torch.utils.data import TensorDataset

from .data import CLASSES
from .engine import predict
from .loss import to_predictions, to_probabilities


def plot_predictions(
    model: nn.Module,
    train_data: TensorDataset,
    validation_data: TensorDataset,
    test_data: TensorDataset,
) -> dict[str, Figure]:
    """Return the confusion matrix of the test set, and its worst errors."""
    x, y = test_data.tensors
    logits = predict(model, x)
    matrix = Figure(figsize=(6, 5), layout="constrained")
    axes = matrix.subplots()
    ConfusionMatrixDisplay.from_predictions(
        y, to_predictions(logits), display_labels=CLASSES, cmap="Blues", ax=axes
    )
    axes.set_title("Confusion matrix (test set)")
    return {
        "confusion_matrix": matrix,
        "misclassified": plot_misclassified(x, y, logits),
    }


def plot_misclassified(x: Tensor, y: Tensor, logits: Tensor) -> Figure:
    """Return the misclassified images with the most confident predictions."""
    confidence, predicted = to_probabilities(logits).max(dim=1)  # (N,), (N,)
    wrong = (predicted != y).nonzero().squeeze(dim=1)
    wrong = wrong[confidence[wrong].argsort(descending=True)]
    shown = wrong[:12].tolist()
    n_rows = max(1, math.ceil(len(shown) / 4))
    figure = Figure(figsize=(9, 0.6 + 2.2 * n_rows), layout="constrained")
    for place, index in enumerate(shown, start=1):
        axes = figure.add_subplot(n_rows, 4, place, xticks=[], yticks=[])
        axes.imshow(x[index, 0].numpy(), cmap="gray_r", vmin=0, vmax=1)
        title = f"true {y[index]}, predicted {predicted[index]}"
        axes.set_title(f"{title} (p = {confidence[index]:.2f})", size=9)
    figure.suptitle(f"{len(wrong)} of {len(y)} test images are misclassified")
    return figure
