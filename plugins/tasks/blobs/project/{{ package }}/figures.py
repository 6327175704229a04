"""The pictures of this task: the points, and where the model draws its boundaries."""

from collections.abc import Callable

import torch
from matplotlib.figure import Figure
from torch import Tensor

from .contract import Data, State

STEPS = 200  # points of the grid from left to right, and from bottom to top


def draw(
    data: Data, predict: Callable[[Tensor], Tensor], state: State
) -> dict[str, Figure]:
    """Return the regions of the classes, under training and under test points."""
    left, bottom = (data.train.x.amin(dim=0) - 1).tolist()
    right, top = (data.train.x.amax(dim=0) + 1).tolist()
    across = torch.linspace(left, right, STEPS)
    upward = torch.linspace(bottom, top, STEPS)
    points = torch.cartesian_prod(across, upward)  # (STEPS * STEPS, 2): x1, x2 of each
    regions = predict(points).reshape(STEPS, STEPS).T  # a row for each x2

    figure = Figure(figsize=(10, 5), layout="compressed")
    panels = {"Training points": data.train, "Test points": data.test}
    colours = {"cmap": "tab10", "vmin": 0, "vmax": 9}  # ten colours, one for each class
    for axes, (title, split) in zip(figure.subplots(1, 2), panels.items(), strict=True):
        place = (left, right, bottom, top)
        axes.imshow(regions.numpy(), origin="lower", extent=place, alpha=0.4, **colours)
        dots = {"s": 15, "edgecolors": "black", "lw": 0.3}
        drawn = axes.scatter(*split.x.T, c=split.y, **dots, **colours)
        axes.set(title=title, xlabel="x1", ylabel="x2")
        axes.legend(*drawn.legend_elements(), title="class")
    figure.suptitle("Dots: the true class. Ground: what the model decides.")
    return {"boundary": figure}
