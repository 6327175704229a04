"""Compare runs: their metrics, and the hyperparameters in which they differ."""

import csv
import hashlib
import json
from pathlib import Path
from typing import Any

RUNS = Path("runs")
# {% if validation %}
LOSS = "validation_loss"
# {% else %}
LOSS = "test_loss"
# {% endif %}


def runs() -> None:
    """List runs with their metrics and differing hyperparameters, and plot them."""
    found = {
        path.parent.name: read_run(path.parent)
        for path in sorted(RUNS.glob("[0-9]*/config.json"))
    }
    if not found:
        raise SystemExit("error: no run in runs/; train first")
    names = list(dict.fromkeys(name for run in found.values() for name in run))
    shown = [name for name in names if is_shown(name, list(found.values()))]
    table = [["run", *shown]]
    for name, run in found.items():
        table.append([name, *(format_value(run.get(column)) for column in shown)])
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        print("  ".join(map(str.ljust, row, widths)).rstrip())
    print(f"saved plot: {plot_comparison(list(found))}")


def is_shown(name: str, found: list[dict[str, Any]]) -> bool:
    """Return whether a column is shown: all metrics, and what differs between runs."""
    metric = name.startswith(("trained", "train_", "test_", "validation_"))
    return metric or len({str(run.get(name)) for run in found}) > 1


def read_run(run: Path) -> dict[str, Any]:
    """Return the metrics of a run at its lowest loss, and its hyperparameters."""
    try:
        config = json.loads((run / "config.json").read_text(encoding="utf-8"))
        rows = read_metrics(run)
        best = min(rows, key=lambda row: float(row[LOSS]))
        metrics = {name: float(best[name]) for name in best if name != "epoch"}
    except (OSError, KeyError, ValueError):
        return {"trained": "no metrics"}
    config.pop("git_dirty", None)
    return {"trained": describe_progress(rows, config), **metrics, **config} | {
        "model_code": hash_model_code(run)
    }


def describe_progress(rows: list[dict[str, str]], config: dict[str, Any]) -> str:
    """Return how many epochs a run was trained, and whether it is finished."""
    # {% if "early-stopping" in features %}
    losses = [float(row[LOSS]) for row in rows]
    if len(losses) - 1 - losses.index(min(losses)) >= config["patience"]:
        return f"{len(rows)} epochs, stopped early"
    # {% endif %}
    if len(rows) < config["epochs"]:
        return f"{len(rows)} of {config['epochs']} epochs"
    return f"{len(rows)} epochs"


def hash_model_code(run: Path) -> str:
    """Return a short hash of the model.py that a run was trained with."""
    import torch  # imported here, because it takes long

    try:
        content = torch.load(run / "last.pt", map_location="cpu", weights_only=True)
        return hashlib.sha256(content["model_code"].encode()).hexdigest()[:7]
    except Exception:  # a damaged or missing file raises errors of many types
        return "no checkpoint"


def read_metrics(run: Path) -> list[dict[str, str]]:
    """Return the rows of metrics.csv."""
    with (run / "metrics.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def format_value(value: Any) -> str:
    """Return a value for the table; numbers have four significant digits."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def plot_comparison(names: list[str]) -> Path:
    """Plot the loss of each run against the epoch; return the path of the plot."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    for name in names:
        if (RUNS / name / "metrics.csv").exists():
            losses = [float(row[LOSS]) for row in read_metrics(RUNS / name)]
            axes.plot(losses, label=name)
    axes.set(xlabel="epoch", ylabel=LOSS, title="Comparison of runs")
    axes.legend()
    figure.savefig(RUNS / "comparison.png", dpi=120)
    return RUNS / "comparison.png"
