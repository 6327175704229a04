"""Plot the predictions of the model."""

from matplotlib.figure import Figure
from torch import nn
from torch.utils.data import TensorDataset

from .data import CLASSES
from .engine import predict
from .loss import to_predictions


def plot_predictions(
    model: nn.Module,
    train_data: TensorDataset,
    validation_data: TensorDataset,
    test_data: TensorDataset,
) -> dict[str, Figure]:
    """Return some images of the test set, with their predictions."""
    x, _ = test_data[:8]
    figure = Figure(figsize=(9, 5), layout="constrained")
    labels = to_predictions(predict(model, x))
    for axes, image, label in zip(figure.subplots(2, 4).flat, x, labels, strict=True):
        axes.imshow(image[0].numpy(), cmap="gray")
        axes.set(title=CLASSES[label], xticks=[], yticks=[])
    return {"predictions": figure}
