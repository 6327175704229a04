"""The pictures of this task: which mistakes are made, and where they lie."""

from collections.abc import Callable

from matplotlib.figure import Figure
from torch import Tensor

from .contract import Data, Split, State


def draw(
    data: Data, predict: Callable[[Tensor], Tensor], state: State
) -> dict[str, Figure]:
    """Return the confusion matrix of the test part, and its points with mistakes."""
    decisions = predict(data.test.x)
    return {
        "confusion": draw_confusion(data.test.y, decisions, state["classes"]),
        "mistakes": draw_mistakes(data.train, data.test, decisions, state),
    }


def draw_confusion(y: Tensor, decisions: Tensor, classes: list[str]) -> Figure:
    """Return how many tumours of each class were taken for which: a row a class."""
    size = len(classes)
    # why: every pair (true class, decision) gets a number of its own, so that counting
    # why: the numbers counts the pairs.
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


def draw_mistakes(train: Split, test: Split, decisions: Tensor, state: State) -> Figure:
    """Return the test points in the plane of the two most telling measurements."""
    # Most telling is where the means of the two classes lie furthest apart.
    gap = train.x[train.y == 0].mean(dim=0) - train.x[train.y == 1].mean(dim=0)
    first, second = gap.abs().topk(2).indices.tolist()

    figure = Figure(figsize=(6, 5), layout="constrained")
    axes = figure.subplots()
    for number, (name, marker) in enumerate(zip(state["classes"], "^o", strict=True)):
        groups = {"right": ("lightblue", decisions == test.y)}
        groups["wrong"] = ("red", decisions != test.y)
        for judgement, (colour, chosen) in groups.items():
            x = test.x[chosen & (test.y == number)]
            style = {"c": colour, "marker": marker, "edgecolors": "black", "lw": 0.4}
            label = f"{name}, decided {judgement}: {len(x)}"
            axes.scatter(x[:, first], x[:, second], label=label, **style)
    axes.set(xlabel=f"{state['names'][first]}, standardised")
    axes.set(ylabel=f"{state['names'][second]}, standardised")
    axes.set(title="Test part: two of thirty measurements")
    axes.legend()
    return figure
