"""Stop training when the validation loss no longer improves."""

import csv
from pathlib import Path

from pydantic import TypeAdapter


def should_stop(metrics: Path, n_epochs: int, patience: int) -> bool:
    """Return whether the last `patience` of `n_epochs` epochs had no improvement.

    If so, print when training stopped, and when it last improved.
    """
    # why: read from metrics.csv, so that a resumed run decides as an uninterrupted one.
    # After a crash the file may have more epochs than the checkpoint.
    with metrics.open(newline="") as file:
        rows = list(csv.DictReader(file))[:n_epochs]
    losses = [row.get("validation_loss") for row in rows]
    losses = TypeAdapter(list[float]).validate_python(losses)
    if not losses:
        return False
    best, last = losses.index(min(losses)), len(losses) - 1
    if last - best < patience:
        return False
    print(f"stopped early in epoch {last}: no improvement since epoch {best}")
    return True
