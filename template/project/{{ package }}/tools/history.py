"""The record of a run: a row an epoch in `metrics.csv`, and news on the screen."""

import csv
import sys
from pathlib import Path
from typing import Self

from tqdm import tqdm

from ..objective import METRIC

COLUMNS = ("epoch", "train_loss", "test_loss", METRIC.name)


class History:
    """Appends rows to `metrics.csv` of the folder `run`, from epoch `first` on.

    On a terminal a progress bar shows the last row, elsewhere a line now and then.
    """

    def __init__(self, run: Path, first: int, epochs: int) -> None:
        self.path = run / "metrics.csv"
        self.epochs = epochs
        self.every = max(1, epochs // 10)
        keep_rows(self.path, first)
        self.file = self.path.open("a", newline="", encoding="utf-8")
        hidden = not sys.stderr.isatty()
        self.bar = tqdm(total=epochs, initial=first, unit="epoch", disable=hidden)

    def add(self, epoch: int, *figures: float) -> None:
        """Record training loss, test loss and score of an epoch."""
        row = dict(zip(COLUMNS, (epoch, *figures), strict=True))
        csv.writer(self.file, lineterminator="\n").writerow(row.values())
        self.file.flush()
        if not self.bar.disable:
            shown = {name: f"{row[name]:.4f}" for name in COLUMNS[1:]}
            self.bar.set_postfix(shown, refresh=False)
            self.bar.update()
        elif epoch % self.every == 0 or epoch == self.epochs - 1:
            news = "  ".join(f"{name} {row[name]:.4f}" for name in COLUMNS[1:])
            print(f"epoch {epoch:>{len(str(self.epochs))}}  {news}", flush=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.bar.close()
        self.file.close()


def keep_rows(path: Path, first: int) -> None:
    """Leave a file that has the header and the rows before epoch `first`, no others."""
    rows = [row for row in read_rows(path) if int(row["epoch"]) < first]
    temporary = path.with_suffix(".tmp")
    with temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    temporary.replace(path)


def read_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a `metrics.csv`; none if there is no such file."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        return [row for row in rows if all(row.get(name) for name in COLUMNS)]
