"""The pictures of this task: the points, and where the model draws its boundary."""

from collections.abc import Callable

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from .contract import Data, Split, State

STEPS = 200  # points of the grid from left to right, and from bottom to top


def draw(
    data: Data, predict: Callable[[Tensor], Tensor], state: State
) -> dict[str, Figure]:
    """Return the boundary between the classes, over training and over test points."""
    figure = Figure(figsize=(10, 5), layout="constrained")
    left, right = figure.subplots(1, 2, sharex=True, sharey=True)
    draw_boundary(left, "Training points", data.train, predict)
    draw_boundary(right, "Test points", data.test, predict)
    return {"boundary": figure}


def draw_boundary(
    axes: Axes, title: str, split: Split, predict: Callable[[Tensor], Tensor]
) -> None:
    """Colour the plane by the decision of the model, and put the points on it."""
    low, high = split.x.min(dim=0).values - 0.1, split.x.max(dim=0).values + 0.1
    x1 = torch.linspace(low[0], high[0], STEPS)
    x2 = torch.linspace(low[1], high[1], STEPS)
    grid = torch.cartesian_prod(x1, x2)  # (STEPS * STEPS, 2): every point of the grid
    regions = predict(grid).reshape(STEPS, STEPS).T  # rows are x2, columns are x1
    axes.contourf(x1, x2, regions, levels=1, cmap="RdYlBu", alpha=0.6)
    axes.scatter(*split.x.T, c=split.y, s=15, cmap="RdYlBu", edgecolors="black", lw=0.3)
    axes.set(title=title, xlabel="x1", ylabel="x2", aspect="equal")
