"""The record of a run: a row an epoch in `metrics.csv`, and news on the screen."""

import csv
import sys
from collections.abc import Mapping
from math import inf
from pathlib import Path
from typing import Self

from tqdm import tqdm

from ..contract import Data
from ..errors import ProjectError
from ..objective import METRIC


class History:
    """Appends rows to `metrics.csv` of the folder `run`, from epoch `first` on.

    On a terminal a progress bar shows the last row, elsewhere a line now and then.
    """

    def __init__(self, run: Path, data: Data, first: int, epochs: int) -> None:
        validation = ["validation_loss"] if data.validation else []
        self.columns = ["train_loss", "test_loss", METRIC.name, *validation]
        self.epochs = epochs
        self.every = max(1, epochs // 10)
        path = run / "metrics.csv"
        kept = [row for row in read_rows(path) if int(row["epoch"]) < first]
        if len(kept) < first:
            print(f"{path} lacks {first - len(kept)} epochs", file=sys.stderr)
        self.lowest = min(map(validation_loss, kept), default=inf)
        write_rows(path, ["epoch", *self.columns], kept)
        self.file = path.open("a", newline="", encoding="utf-8")
        hidden = not sys.stderr.isatty()
        self.bar = tqdm(
            total=epochs,
            initial=first,
            unit=" epochs",
            disable=hidden,
            dynamic_ncols=True,
            bar_format="{n_fmt}/{total_fmt} |{bar}| {rate_noinv_fmt}{postfix}",
        )

    def add(self, epoch: int, figures: list[float]) -> bool:
        """Record the figures of an epoch; return whether its validation is the best."""
        row = dict(zip(self.columns, figures, strict=True))
        csv.writer(self.file, lineterminator="\n").writerow([epoch, *figures])
        self.file.flush()
        self.show(epoch, {name: f"{figure:.4f}" for name, figure in row.items()})
        best = validation_loss(row) < self.lowest
        self.lowest = min(self.lowest, validation_loss(row))
        return best

    def show(self, epoch: int, row: dict[str, str]) -> None:
        if not self.bar.disable:
            shown = {name: row[name] for name in ("train_loss", METRIC.name)}
            self.bar.set_postfix(shown, refresh=False)
            self.bar.update()
        elif epoch % self.every == 0 or epoch == self.epochs - 1:
            news = "  ".join(f"{name} {figure}" for name, figure in row.items())
            print(f"epoch {epoch:>{len(str(self.epochs))}}  {news}", flush=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.bar.close()
        self.file.close()


def validation_loss(row: Mapping[str, str | float]) -> float:
    """Return the validation loss of a row, infinite where there is no such part."""
    return float(row.get("validation_loss", inf))


def write_rows(path: Path, columns: list[str], rows: list[dict[str, str]]) -> None:
    """Replace a file by one that has a header and these rows, in one step."""
    temporary = path.with_suffix(".tmp")
    with temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    temporary.replace(path)


def read_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a `metrics.csv`; none if there is no such file.

    Raises ProjectError if it holds anything but numbers.
    """
    if not path.exists():
        return []
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if all(row.values())]
            all(float(figure) for row in rows for figure in row.values())
    except (TypeError, ValueError) as error:
        raise ProjectError(f"{path} is damaged: {error}") from error
    return rows
