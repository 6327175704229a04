"""The pictures of this task: which mistakes are made, and which could be traded."""

import torch
from matplotlib.figure import Figure
from torch import Tensor

from .contract import Data, Predict, State


def draw(data: Data, predict: Predict, state: State) -> dict[str, Figure]:
    """Return the confusion matrix and the ROC curve of the test part."""
    x, y = data.test
    return {
        "confusion": draw_confusion(y, predict(x), state["classes"]),
        "roc": draw_roc(y, predict.outputs(x)),
    }


def draw_confusion(y: Tensor, decisions: Tensor, classes: list[str]) -> Figure:
    """Return how many tumours of each class were taken for which: a row a class."""
    size = len(classes)
    # why: every pair (true class, decision) gets a number of its own, so that counting
    # the numbers counts the pairs.
    pairs = (y * size + decisions).long()
    counts = pairs.bincount(minlength=size * size).reshape(size, size)

    figure = Figure(figsize=(5, 5), layout="constrained")
    axes = figure.subplots()
    axes.imshow(counts.numpy(), cmap="Blues")
    for row, column in [(row, column) for row in range(size) for column in range(size)]:
        count = counts[row, column].item()
        dark = count > counts.max() / 2
        colour = "white" if dark else "black"
        axes.text(column, row, count, ha="center", va="center", c=colour, size=16)
    axes.set_xticks(range(size), classes)
    axes.set_yticks(range(size), classes, rotation=90, va="center")
    axes.set(xlabel="decision", ylabel="true class", title="Decisions on the test part")
    return figure


def draw_roc(y: Tensor, scores: Tensor) -> Figure:
    """Return how many are found, against how many false alarms, for every threshold."""
    # why: a threshold other than one half trades missed tumours for false
    # alarms. The curve shows what trades there are, and its area sums them up.
    ordered = y[scores.argsort(descending=True)]  # (N,): surest benign ones first
    found = ordered.cumsum(dim=0) / ordered.sum()
    alarms = (1 - ordered).cumsum(dim=0) / (1 - ordered).sum()
    area = torch.trapezoid(found, alarms).item()

    figure = Figure(figsize=(5, 5), layout="constrained")
    axes = figure.subplots()
    axes.plot(alarms.numpy(), found.numpy(), label=f"model, area {area:.3f}")
    axes.plot([0, 1], [0, 1], ls="--", c="grey", label="guessing, area 0.5")
    axes.set(xlabel="malignant, taken for benign", ylabel="benign, taken for benign")
    axes.set(title="ROC curve on the test part", aspect="equal")
    axes.legend(loc="lower right")
    return figure
