"""Read what a run has left in its folder: metrics, hyperparameters, code."""

import csv
import hashlib
import json
import math
import pickletools
import zipfile
from pathlib import Path
from typing import Any

SPLIT = "{{ 'validation' if validation else 'test' }}"
LOSS = f"{SPLIT}_loss"
Rows = list[dict[str, float]]


def read_metrics(run: Path) -> Rows | None:
    """Return the rows of metrics.csv; None if it is damaged."""
    if not (run / "metrics.csv").exists():
        return []
    try:
        reader = csv.DictReader((run / "metrics.csv").read_text().splitlines())
        rows = [{name: float(row[name]) for name in row} for row in reader]
    except (OSError, TypeError, ValueError, csv.Error):
        return None
    known = {"epoch", LOSS} <= set(reader.fieldnames or ())
    finite = all(math.isfinite(value) for row in rows for value in row.values())
    return rows if known and finite else None


def read_hparams(run: Path) -> dict[str, Any]:
    """Return what a run was trained with, including its code; {} if damaged."""
    try:
        config = json.loads((run / "config.json").read_text(encoding="utf-8"))
        for name in {"epochs", "patience"} & config.keys() | {"epochs"}:
            config[name] = int(config[name])
    except Exception:  # a damaged file raises errors of many types
        return {}
    dirty = "-dirty" if config.pop("git_dirty", False) else ""
    commit = f"{config.get('git_commit')}"[:7] + dirty
    return config | {"git_commit": commit, "code": hash_model_code(run / "last.pt")}


def hash_model_code(path: Path) -> str:
    """Return a short hash of the model.py that is saved in a checkpoint."""
    try:
        # why: a checkpoint is a zip file with a pickle. Reading the strings in it needs
        # neither torch nor the weights, and executes nothing.
        with zipfile.ZipFile(path) as file:
            name = next(name for name in file.namelist() if name.endswith("data.pkl"))
            operations = list(pickletools.genops(file.read(name)))
        strings = [value for _, value, _ in operations if isinstance(value, str)]
        code = strings[strings.index("model_code") + 1]
        return hashlib.sha256(code.encode()).hexdigest()[:7]
    except Exception:  # a damaged file raises errors of many types
        return "no checkpoint"


def summarize(rows: Rows | None, hparams: dict[str, Any]) -> dict[str, Any]:
    """Return the progress of a run, and its last and best metrics."""
    if rows is None or not hparams:
        name = "metrics.csv" if rows is None else "config.json"
        return {"trained": f"damaged {name}"}
    if not rows:
        return {"trained": f"0 of {hparams['epochs']} epochs"}
    last, best = rows[-1], min(rows, key=lambda row: row[LOSS])
    names = [name for name in last if name.startswith(SPLIT)]
    return {
        "trained": describe_progress(rows, hparams),
        **{name: last[name] for name in names},
        "best_epoch": int(best["epoch"]),
        **{f"best_{name}": best[name] for name in names},
    }


def describe_progress(rows: Rows, hparams: dict[str, Any]) -> str:
    """Return how many epochs a run was trained, and whether it is finished."""
    if len(rows) >= hparams["epochs"]:
        return f"{len(rows)} epochs"
    # {% if "early-stopping" in features %}
    losses = [row[LOSS] for row in rows]
    since_best = len(losses) - 1 - losses.index(min(losses))
    if since_best >= hparams.get("patience", len(rows)):
        return f"{len(rows)} epochs, stopped early"
    # {% endif %}
    return f"{len(rows)} of {hparams['epochs']} epochs"
