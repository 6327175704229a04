"""The pictures of this task: predictions beside the truth, and what is left over."""

from collections.abc import Callable

from matplotlib.figure import Figure
from torch import Tensor

from .contract import Data, State

DOTS = {"s": 15, "edgecolors": "black", "lw": 0.3}


def draw(
    data: Data, predict: Callable[[Tensor], Tensor], state: State
) -> dict[str, Figure]:
    """Return predicted against true values, and how far each prediction is off."""
    predictions = Figure(figsize=(6, 5), layout="constrained")
    residuals = Figure(figsize=(6, 4), layout="constrained")
    upper, lower = predictions.subplots(), residuals.subplots()
    parts = {"training part": (data.train, "lightblue")}
    parts["test part"] = (data.test, "red")
    for label, (split, colour) in parts.items():
        true, predicted = split.y.squeeze(dim=1), predict(split.x)  # (N,), (N,)
        upper.scatter(true, predicted, c=colour, label=label, **DOTS)
        lower.scatter(predicted, true - predicted, c=colour, label=label, **DOTS)

    middle = (state["y_mean"], state["y_mean"])
    upper.axline(middle, slope=1, c="black", lw=1, label="predicted = true")
    upper.set(xlabel="true progress", ylabel="predicted progress")
    upper.set(title="Predictions beside the truth", aspect="equal")
    lower.axhline(0, c="black", lw=1)
    # why: residuals should be a cloud without a shape. A bow or a funnel in them is
    # something that the model has not understood.
    lower.set(xlabel="predicted progress", ylabel="true minus predicted")
    lower.set(title="Residuals: how far the predictions are off")
    upper.legend()
    lower.legend()
    return {"predictions": predictions, "residuals": residuals}
