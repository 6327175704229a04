"""Plot the predictions of the model."""

from matplotlib.figure import Figure
from sklearn.metrics import ConfusionMatrixDisplay, roc_auc_score, roc_curve
from torch import nn
from torch.utils.data import TensorDataset

from .engine import predict
from .loss import to_predictions, to_probabilities


def plot_predictions(
    model: nn.Module,
    train_data: TensorDataset,
    validation_data: TensorDataset,
    test_data: TensorDataset,
    data_info: dict,
) -> dict[str, Figure]:
    """Return the confusion matrix and the ROC curve of the test set."""
    x, y = test_data.tensors
    logits = predict(model, x)
    if not logits.isfinite().all():
        raise SystemExit("error: the outputs of the model are NaN/inf; train again")
    classes = data_info["classes"]

    matrix = Figure(figsize=(5, 4), layout="constrained")
    axes = matrix.subplots()
    ConfusionMatrixDisplay.from_predictions(
        y, to_predictions(logits), display_labels=classes, cmap="Blues", ax=axes
    )
    axes.set_title("Confusion matrix (test set)")

    curve = Figure(figsize=(5, 5), layout="constrained")
    axes = curve.subplots()
    p = to_probabilities(logits)[:, 1]
    false_positive_rate, true_positive_rate, _ = roc_curve(y, p)
    label = f"model (AUC = {roc_auc_score(y, p):.3f})"
    axes.plot(false_positive_rate, true_positive_rate, label=label)
    axes.plot([0, 1], [0, 1], c="black", ls="--", label="chance (AUC = 0.50)")
    axes.set(xlabel="False positive rate", ylabel="True positive rate", aspect="equal")
    axes.legend()
    axes.set_title(f"ROC curve (test set, positive class: {classes[1]})")
    return {"confusion_matrix": matrix, "roc_curve": curve}
