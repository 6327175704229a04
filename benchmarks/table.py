"""Rows per second of a large table in memory: `make bench-training`."""

import tempfile
from functools import partial
from pathlib import Path

import loops
import torch
from project import Project, new_project
from timing import alternate, medians, say
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

ROUNDS = 5
ROWS = 1_000_000
COLUMNS = 32
BATCH = 1024


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        work = table(new_project("circle", Path(scratch) / "project"), ROWS, epochs=1)
        times = alternate(
            {
                "generated": partial(loops.generated, work),
                "bare loop": partial(loops.bare, work),
                "DataLoader": partial(loops.with_dataloader, work),
            },
            ROUNDS,
        )
    print(f"{ROWS} rows, {COLUMNS} columns, batch {BATCH}, one epoch")
    for name, median in medians(times).items():
        print(f"  {name:<12} {ROWS / median / 1e6:.2f} million rows per second")
    say(times, "bare loop", "generated", "at least 0.95")
    say(times, "DataLoader", "generated", "at least 10")


def table(project: Project, rows: int, epochs: int) -> loops.Work:
    """Return a random table and a model of one layer, to measure the loop around it."""
    torch.manual_seed(0)
    x = torch.randn(rows, COLUMNS)
    y = (x.sum(dim=1) > 0).float()
    criterion = binary_cross_entropy_with_logits
    return loops.Work(project, x, y, BATCH, epochs, one_layer, criterion)


def one_layer() -> nn.Module:
    """Return a model of one layer: (N, COLUMNS) -> (N,)."""
    return nn.Sequential(nn.Linear(COLUMNS, 1), nn.Flatten(0))


if __name__ == "__main__":
    main()
