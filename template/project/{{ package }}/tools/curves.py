"""The loss curves: how training and test loss went from epoch to epoch."""

from matplotlib.figure import Figure


def draw_curves(rows: list[dict[str, str]]) -> Figure:
    """Return a figure of the losses in `rows`, as read from `metrics.csv`."""
    epochs = [int(row["epoch"]) for row in rows]
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    for part in ("train", "validation", "test"):
        losses = [float(row[f"{part}_loss"]) for row in rows if f"{part}_loss" in row]
        if losses:
            axes.plot(epochs, losses, label=part)
    axes.set(xlabel="epoch", ylabel="loss", title="Loss, epoch by epoch")
    axes.legend()
    return figure
