"""Compare runs: their metrics, and the hyperparameters in which they differ."""

from pathlib import Path
from typing import Any

from .run_summary import LOSS, Rows, read_hparams, read_metrics, summarize

RUNS = Path("runs")


def runs() -> None:
    """List runs with their metrics and differing hyperparameters, and plot them."""
    folders = [run for run in RUNS.glob("*") if run.name.isdecimal()]
    folders.sort(key=lambda run: int(run.name))
    if not folders:
        raise SystemExit("error: no run in runs/; train first")
    metrics = {run.name: read_metrics(run) for run in folders}
    hparams = {run.name: read_hparams(run) for run in folders}
    results = {run: summarize(rows, hparams[run]) for run, rows in metrics.items()}
    columns = list(dict.fromkeys(name for run in results.values() for name in run))
    columns += varying_hparams(list(hparams.values()))
    table = [["run", *columns]]
    for run, result in results.items():
        values = hparams[run] | result
        table.append([run, *(format_value(values.get(name)) for name in columns)])
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        print("  ".join(map(str.ljust, row, widths)).rstrip())
    print(f"saved plot: {plot_comparison(metrics)}")


def varying_hparams(hparams: list[dict[str, Any]]) -> list[str]:
    """Return the hyperparameters in which runs differ; `trained` tells the epochs."""
    names = dict.fromkeys(name for run in hparams for name in run if name != "epochs")
    intact = [run for run in hparams if run]
    return [name for name in names if len({str(run.get(name)) for run in intact}) > 1]


def format_value(value: Any) -> str:
    """Return a value for the table; numbers have four significant digits."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def plot_comparison(metrics: dict[str, Rows | None]) -> Path:
    """Plot the loss of each run against the epoch; return the path of the plot."""
    from matplotlib.figure import Figure  # imported here, because it takes long

    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    for run, rows in metrics.items():
        if rows:
            axes.plot([row[LOSS] for row in rows], label=run)
    axes.set(xlabel="epoch", ylabel=LOSS, title="Comparison of runs")
    axes.legend()
    figure.savefig(RUNS / "comparison.png", dpi=120)
    return RUNS / "comparison.png"
