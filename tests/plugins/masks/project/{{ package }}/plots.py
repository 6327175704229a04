"""Plot the predictions of the model."""

from matplotlib.figure import Figure
from torch import nn
from torch.utils.data import TensorDataset

from .engine import predict
from .loss import to_predictions


def plot_predictions(
    model: nn.Module, train_data: TensorDataset, test_data: TensorDataset
) -> dict[str, Figure]:
    """Return some images of the test set, with true and predicted masks."""
    x, y = test_data[:4]
    predictions = to_predictions(predict(model, x))
    figure = Figure(figsize=(6, 8), layout="constrained")
    for axes, image, *masks in zip(
        figure.subplots(4, 3), x, y, predictions, strict=True
    ):
        axes[0].imshow(image[0].numpy(), cmap="gray", vmin=0, vmax=1)
        for place, mask in zip(axes[1:], masks, strict=True):
            place.imshow(mask.numpy(), vmin=0, vmax=2)
    for place, title in zip(figure.axes, ("image", "true", "predicted"), strict=False):
        place.set_title(title)
    return {"masks": figure}
