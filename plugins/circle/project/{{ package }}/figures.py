"""The pictures of this task: the points, and where the model draws its boundary."""

from collections.abc import Callable

import torch
from matplotlib.figure import Figure
from torch import Tensor

from .contract import Data, State

STEPS = 200  # points of the grid from left to right, and from bottom to top


def draw(
    data: Data, predict: Callable[[Tensor], Tensor], state: State
) -> dict[str, Figure]:
    """Return the boundary between the classes, over training and over test points."""
    low, high = data.train.x.min().item() - 0.1, data.train.x.max().item() + 0.1
    grid = torch.linspace(low, high, STEPS)
    points = torch.cartesian_prod(grid, grid)  # (STEPS * STEPS, 2): x1, x2 of each
    regions = predict(points).reshape(STEPS, STEPS).T  # a row for each x2

    figure = Figure(figsize=(10, 5), layout="compressed")
    panels = {"Training points": data.train, "Test points": data.test}
    colours = {"cmap": "RdYlBu", "vmin": 0, "vmax": 1}
    for axes, (title, split) in zip(figure.subplots(1, 2), panels.items(), strict=True):
        place = (low, high, low, high)
        axes.imshow(regions.numpy(), origin="lower", extent=place, alpha=0.5, **colours)
        axes.scatter(*split.x.T, c=split.y, s=15, edgecolors="black", lw=0.3, **colours)
        axes.set(title=title, xlabel="x1", ylabel="x2")
    names = " is red, ".join(state["classes"]) + " is blue"
    figure.suptitle(f"Dots: the true circle, {names}. Ground: what the model decides.")
    return {"boundary": figure}
