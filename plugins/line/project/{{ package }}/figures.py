"""The pictures of this task: the points and what the model makes of them."""

from collections.abc import Callable

import torch
from matplotlib.figure import Figure
from torch import Tensor

from .contract import Data, State


def draw(
    data: Data, predict: Callable[[Tensor], Tensor], state: State
) -> dict[str, Figure]:
    """Return the training points, the test points, and the predictions beside them."""
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    axes.scatter(data.train.x, data.train.y, s=12, c="blue", label="training points")
    axes.scatter(data.test.x, data.test.y, s=12, c="green", label="test points")
    every = torch.cat([data.train.x, data.test.x])  # (N, 1)
    axes.plot(every, predict(every), c="red", lw=0.8, label="learned line")
    predictions = predict(data.test.x)
    axes.scatter(
        data.test.x, predictions, s=12, c="red", marker="x", label="predictions"
    )
    axes.set(xlabel="x", ylabel="y", title="The line, and what was learned of it")
    axes.legend()
    return {"predictions": figure}
