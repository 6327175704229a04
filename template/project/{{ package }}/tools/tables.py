"""Rows of numbers from a CSV file or from the command line."""

import csv
from collections.abc import Iterable
from pathlib import Path

import torch
from torch import Tensor

from ..errors import ProjectError


def read_numbers(source: Path | list[list[str]], names: Iterable[str]) -> Tensor:
    """Return the rows of `source` as float32: a column for each of `names`.

    In a file, a first line that says `names` is taken as its header.
    Raises ProjectError, with the place, for a row of other length or for no number.
    """
    names = list(names)
    rows = read_csv(source) if isinstance(source, Path) else list(enumerate(source, 1))
    header = [name.lower() for name in names]
    if isinstance(source, Path) and rows:
        first = [cell.lower() for cell in rows[0][1]]
        rows = rows[1:] if first == header else rows
    if not rows:
        raise ProjectError(f"no rows in {source}: each has {', '.join(names)}")
    place = f"{source}, line" if isinstance(source, Path) else "input"
    return torch.tensor([to_numbers(row, names, f"{place} {n}") for n, row in rows])


def read_csv(path: Path) -> list[tuple[int, list[str]]]:
    """Return the rows of a file that are not blank, each with its line number."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file, skipinitialspace=True)
            rows = ((reader.line_num, [cell.strip() for cell in row]) for row in reader)
            return [(number, row) for number, row in rows if row not in ([], [""])]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ProjectError(f"cannot read {path} as CSV in UTF-8: {error}") from error


def to_numbers(row: list[str], names: list[str], place: str) -> list[float]:
    """Return the numbers of one row; each has to fit into a float32."""
    if len(row) != len(names):
        wanted = f"{len(names)} ({', '.join(names)})"
        raise ProjectError(f"{place}: {len(row)} values instead of {wanted}")
    for name, text in zip(names, row, strict=True):
        try:
            fits = abs(float(text)) <= torch.finfo(torch.float32).max
        except ValueError:
            fits = False
        if not fits:  # nan is no smaller than anything, so it does not fit either
            raise ProjectError(f"{place}: {name} is {text!r}, which is no number")
    return [float(text) for text in row]


def write_column(path: Path, name: str, values: list[float | str]) -> None:
    """Write a CSV file with one column."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([[name], *([value] for value in values)])
