"""The loss curves: how training and test loss went from epoch to epoch."""

from matplotlib.figure import Figure


def draw_curves(rows: list[dict[str, str]]) -> Figure:
    """Return a figure of the losses in `rows`, as read from `metrics.csv`."""
    epochs = [int(row["epoch"]) for row in rows]
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    for name, label in {"train_loss": "training", "test_loss": "test"}.items():
        axes.plot(epochs, [float(row[name]) for row in rows], label=label)
    axes.set(xlabel="epoch", ylabel="loss", title="Loss, epoch by epoch")
    axes.legend()
    return figure
