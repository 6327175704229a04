"""The picture of this task: what was predicted, beside what is true."""

from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font

from .contract import Data, Predict, State


def label(name: str) -> str:
    """Return a name from the table as it can be drawn: short, in known letters."""
    font = get_font(findfont("DejaVu Sans"))
    short = name if len(name) <= 20 else name[:19] + "…"
    known = "".join(c if font.get_char_index(ord(c)) else "?" for c in short)
    return known.replace("$", r"\$")  # which would begin a formula


def draw(data: Data, predict: Predict, state: State) -> dict[str, Figure]:
    # {% if family == "regression" %}
    """Return predictions over true values, and how far off each prediction is."""
    name = label(state["target"])
    true, predicted = data.test.y.squeeze(dim=1), predict(data.test.x)  # both (N,)
    middle = true.mean().item()

    figure = Figure(figsize=(10, 5), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.scatter(true.numpy(), predicted.numpy(), s=12, label="test rows")
    left.axline((middle, middle), slope=1, c="black", lw=1, label="exactly right")
    left.set(
        title="Predicted and true", xlabel=f"true {name}", ylabel=f"predicted {name}"
    )
    left.legend()
    residuals = predicted - true
    right.scatter(predicted.numpy(), residuals.numpy(), s=12, label="test rows")
    right.axhline(0, c="black", lw=1, label="exactly right")
    right.set(title="Residuals", xlabel=f"predicted {name}", ylabel="predicted - true")
    right.legend()
    return {"predictions": figure}
    # {% else %}
    """Return the confusion matrix: how often each class was taken for each other."""
    names = [label(name) for name in state["classes"]]
    pairs = data.test.y.long() * len(names) + predict(data.test.x).long()  # (N,)
    counts = pairs.bincount(minlength=len(names) ** 2).reshape(len(names), len(names))

    figure = Figure(figsize=(6, 5), layout="compressed")
    axes = figure.subplots()
    image = axes.imshow(counts.numpy(), cmap="Blues")
    figure.colorbar(image, label="test rows")
    target = label(state["target"])
    axes.set(xlabel=f"predicted {target}", ylabel=f"true {target}")
    axes.set_title("Which class was taken for which")
    if len(names) <= 12:  # more of them would not be readable
        turned = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"}
        axes.set_xticks(range(len(names)), names, **turned)
        axes.set_yticks(range(len(names)), names)
        for row, column in counts.nonzero().tolist():
            count = counts[row, column].item()
            colour = "white" if count > counts.max() / 2 else "black"
            axes.text(column, row, count, ha="center", va="center", c=colour)
    return {"confusion": figure}
    # {% endif %}
