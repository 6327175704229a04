"""Plot the predictions of the model."""

from matplotlib.figure import Figure
from torch import nn
from torch.utils.data import TensorDataset

from .engine import predict


def plot_predictions(
    model: nn.Module, train_data: TensorDataset, test_data: TensorDataset
) -> dict[str, Figure]:
    """Return some images of the test set: noisy, restored and clean."""
    x, y = test_data[:6]
    rows = {"noisy": x, "restored": predict(model, x), "clean": y}
    figure = Figure(figsize=(9, 5), layout="constrained")
    for line, (title, images) in zip(figure.subplots(3, 6), rows.items(), strict=True):
        line[0].set_ylabel(title)
        for axes, image in zip(line, images, strict=True):
            axes.imshow(image[0].numpy(), cmap="gray_r", vmin=0, vmax=1)
            axes.set(xticks=[], yticks=[])
    return {"images": figure}
