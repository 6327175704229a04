"""Stop training when the validation loss no longer improves."""

import csv
from pathlib import Path


def should_stop(metrics: Path, patience: int) -> bool:
    """Return whether there was no improvement for `patience` epochs, and print so."""
    # why: read from metrics.csv, so that a resumed run decides as an uninterrupted one.
    with metrics.open(newline="") as file:
        losses = [float(row["validation_loss"]) for row in csv.DictReader(file)]
    best, last = losses.index(min(losses)), len(losses) - 1
    if last - best < patience:
        return False
    print(f"stopped early in epoch {last}: no improvement since epoch {best}")
    return True
