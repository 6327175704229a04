"""The loss curves: how training and test loss went from epoch to epoch."""

from matplotlib.figure import Figure


def draw_curves(rows: list[dict[str, str]]) -> Figure:
    """Return a figure of the losses in `rows`, as read from `metrics.csv`."""
    epochs = [int(row["epoch"]) for row in rows]
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    marker = "o" if len(rows) == 1 else ""
    for part in ("train", "validation", "test"):
        losses = [float(row[f"{part}_loss"]) for row in rows if f"{part}_loss" in row]
        if losses:
            axes.plot(epochs, losses, marker=marker, label=part)
    title = "Loss of each epoch: train while learning, the others after it"
    axes.set(xlabel="epoch", ylabel="loss", title=title)
    axes.legend()
    return figure
