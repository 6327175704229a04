"""Time and memory until training on a large table begins, from the start of Python.

Each file is read in a process of its own, up to its first epoch. The seconds of the
processor stand beside the time, because other work on the machine disturbs them less.

    python benchmarks/large_table.py
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
from project import PACKAGE, write_project

SHAPES = [(1_000_000, 50), (2_000, 20_000)]
WORDS = ["north", "east", "south", "west", "up", "down"]
UNTIL_THE_FIRST_EPOCH = f"""
import resource, sys, time
from {PACKAGE} import train
from {PACKAGE}.config import Config

def report(*_):
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu, memory = used.ru_utime + used.ru_stime, used.ru_maxrss / 2**20
    print(f"{{time.time() - {{start}}:.1f}} s, CPU {{cpu:.1f}} s, {{memory:.2f}} GiB")
    raise SystemExit

train.train_epoch = report
train.train(Config(data=sys.argv[1], target="y"))
"""


def make_table(rows: int, columns: int) -> pl.DataFrame:
    """Return numbers with gaps, and in every ten columns a category and a date."""
    chance = np.random.default_rng(0)
    table = {"y": chance.normal(size=rows).round(5)}
    for number in range(columns - 1):
        values = pl.Series(chance.normal(size=rows).round(5))
        if number % 10 == 8:
            values = pl.Series(chance.choice(WORDS, rows))
        elif number % 10 == 9:
            days = pl.Series(chance.integers(0, 20_000, rows), dtype=pl.Int32)
            values = days.cast(pl.Date)
        elif number % 10 == 7:
            values = values.set(values > 1, None)
        table[f"column_{number}"] = values
    return pl.DataFrame(table)


def write_files(rows: int, columns: int, folder: Path) -> Iterator[Path]:
    """Write a table as CSV and as Parquet, and yield the paths."""
    table = make_table(rows, columns)
    path = folder / f"{rows}x{columns}"
    table.write_csv(path.with_suffix(".csv"))
    table.write_parquet(path.with_suffix(".parquet"))
    del table
    yield from (path.with_suffix(".csv"), path.with_suffix(".parquet"))


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        project = write_project("tabular", Path(scratch) / "project")
        for rows, columns in SHAPES:
            for path in write_files(rows, columns, Path(scratch)):
                code = UNTIL_THE_FIRST_EPOCH.replace("{start}", repr(time.time()))
                command = [sys.executable, "-c", code, str(path)]
                done = subprocess.run(
                    command, cwd=project, check=True, capture_output=True, text=True
                )
                print(f"{path.name}: {done.stdout.splitlines()[-1]}", flush=True)
                path.unlink()


if __name__ == "__main__":
    main()
