"""The pictures of this task: which digits are confused, and how they look."""

from math import ceil

from matplotlib.figure import Figure
from torch import Tensor

from .contract import Data, Predict, Split, State

COLUMNS = 4  # pictures of mistakes beside each other
SHOWN = 12  # and how many in all, if there are as many


def draw(data: Data, predict: Predict, state: State) -> dict[str, Figure]:
    """Return the confusion matrix of the test part, and its worst mistakes."""
    decisions = predict(data.test.x)
    surest = predict.outputs(data.test.x).softmax(dim=1).amax(dim=1)  # (N,)
    return {
        "confusion": draw_confusion(data.test.y, decisions, state["classes"]),
        "mistakes": draw_mistakes(data.test, decisions, surest, state["classes"]),
    }


def draw_confusion(y: Tensor, decisions: Tensor, classes: list[str]) -> Figure:
    """Return how many pictures of each class were taken for which: a row a class."""
    size = len(classes)
    # why: every pair (true class, decision) gets a number of its own, so that counting
    # the numbers counts the pairs.
    counts = (y * size + decisions).bincount(minlength=size * size)
    counts = counts.reshape(size, size)

    figure = Figure(figsize=(6, 6), layout="constrained")
    axes = figure.subplots()
    axes.imshow(counts.numpy(), cmap="Blues")
    for row, column in counts.nonzero().tolist():
        count = counts[row, column].item()
        colour = "white" if count > counts.max() / 2 else "black"
        axes.text(column, row, count, ha="center", va="center", c=colour)
    axes.set_xticks(range(size), classes)
    axes.set_yticks(range(size), classes)
    axes.set(xlabel="decision", ylabel="true class", title="Decisions on the test part")
    return figure


def draw_mistakes(
    test: Split, decisions: Tensor, surest: Tensor, classes: list[str]
) -> Figure:
    """Return the pictures that were decided wrongly with most confidence."""
    wrong = (decisions != test.y).nonzero().squeeze(dim=1)  # (mistakes,): their rows
    wrong = wrong[surest[wrong].argsort(descending=True)]
    shown = wrong[:SHOWN].tolist()
    lines = ceil(len(shown) / COLUMNS)
    figure = Figure(figsize=(8, 0.5 + 2.2 * lines), layout="constrained")
    for place, row in enumerate(shown, start=1):
        axes = figure.add_subplot(lines, COLUMNS, place, xticks=[], yticks=[])
        axes.imshow(test.x[row, 0].numpy(), cmap="gray_r", vmin=0, vmax=1)
        true, decided = classes[test.y[row]], classes[decisions[row]]
        axes.set_title(f"{true}, taken for {decided} ({surest[row]:.0%} sure)", size=9)
    figure.suptitle(f"{len(wrong)} of {len(test.x)} test pictures were decided wrongly")
    return figure
