"""The record of a run: a row an epoch in `metrics.csv`."""

import csv
import os
import sys
from collections.abc import Mapping
from io import StringIO
from itertools import islice
from math import inf
from pathlib import Path
from typing import Self

from ..config import Config
from ..contract import Data, Progress
from ..errors import ProjectError, SettingError
from ..objective import METRIC
from .files import replacing
from .processes import from_first, is_first
from .screen import Screen


class History:
    """Appends rows to `metrics.csv` of the folder `run`, from `progress` on."""

    def __init__(
        self, run: Path, config: Config, data: Data, progress: Progress
    ) -> None:
        if config.patience and not data.validation:
            raise SettingError("--patience needs validation data; this task has none")
        validation = ["validation_loss"] if data.validation else []
        self.columns = ["train_loss", "test_loss", METRIC.name, *validation]
        self.config = config
        path, first = run / "metrics.csv", progress.epoch
        kept = from_first(lambda: read_rows(path, first))
        if is_first() and len(kept) < first:
            print(f"{path} lacks {first - len(kept)} epochs", file=sys.stderr)
        self.epochs, self.best, self.lowest = first, first, inf
        for row in kept:
            self.judge(int(row["epoch"]), row)
        write_rows(path, ["epoch", *self.columns], kept)
        record = path if is_first() else Path(os.devnull)
        self.file = record.open("a", newline="", encoding="utf-8")
        self.screen = Screen(first, config.epochs)

    def complete(self) -> bool:
        """Return whether all epochs are done, or too many have brought no gain."""
        patience = self.config.patience
        stalled = 0 < patience <= self.epochs - self.best
        return stalled or self.epochs >= self.config.epochs

    def add(self, figures: list[float]) -> bool:
        """Record the next epoch; return whether its validation is the best so far."""
        epoch = self.epochs
        row = dict(zip(self.columns, figures, strict=True))
        csv.writer(self.file, lineterminator="\n").writerow([epoch, *figures])
        self.file.flush()
        self.screen.show(epoch, {name: f"{figure:.4f}" for name, figure in row.items()})
        self.epochs += 1
        return self.judge(epoch, row)

    def judge(self, epoch: int, row: Mapping[str, str | float]) -> bool:
        """Return whether the validation loss of an epoch is the lowest so far."""
        loss = float(row.get("validation_loss", inf))
        if loss >= self.lowest:
            return False
        self.best, self.lowest = epoch + 1, loss
        return True

    def sync(self) -> None:
        """Wait until all rows are on the disk."""
        os.fsync(self.file.fileno())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.screen.close()
        self.file.close()


def write_rows(path: Path, columns: list[str], rows: list[dict[str, str]]) -> None:
    """Replace a file by one that has a header and these rows, in one step."""
    text = StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    with replacing(path) as file:
        file.write(text.getvalue().encode())


def read_rows(path: Path, most: int | None = None) -> list[dict[str, str]]:
    """Return the rows of a `metrics.csv`, or the first ones; none if it is missing.

    A crash may have cut off the last line, which is no row then.
    Raises ProjectError if a row holds anything but numbers.
    """
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8", errors="replace")
    lines = text[: text.rfind("\n") + 1].splitlines()
    try:
        rows = list(islice(csv.DictReader(lines), most))
        for figure in (figure for row in rows for figure in row.values()):
            float(figure)
    except (TypeError, ValueError) as error:
        raise ProjectError(f"{path} is damaged: {error}") from error
    return rows
