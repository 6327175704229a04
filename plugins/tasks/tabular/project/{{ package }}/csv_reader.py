"""Read CSV files with any separator and line ending, checking each line."""

import csv
import re
from io import StringIO
from pathlib import Path

import polars as pl


def read_csv(path: Path) -> pl.DataFrame:
    """Return the columns of a CSV file as text; the first line has their names."""
    try:
        # why: utf-8-sig is UTF-8 with or without the byte order mark that Excel writes.
        text = path.read_text(encoding="utf-8-sig").rstrip("\n")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not UTF-8; save it as CSV UTF-8") from error
    if not text.strip():
        raise ValueError(f"{path} is empty")
    names_only = re.sub('"[^"]*"', "", text.split("\n", 1)[0])
    separator = max(",;\t|", key=names_only.count)
    names = check_lines(path, text, separator)
    table = pl.read_csv(text.encode(), separator=separator, infer_schema=False)
    table.columns = names
    if separator == ";":
        # why: files with decimal commas, as in 3,5, separate values by semicolons.
        return table.with_columns(pl.all().str.replace(r"^([+-]?\d+),(\d+)$", "$1.$2"))
    return table


def check_lines(path: Path, text: str, separator: str) -> list[str]:
    """Return the column names; raise ValueError if a line differs."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator)
    try:
        names = [name.strip() for name in next(reader)]
        for row in reader:
            if len(row) != len(names):
                what = f"expected {len(names)} values, got {len(row)}"
                raise ValueError(f"{path}, line {reader.line_num}: {what}")
    except csv.Error as error:
        raise ValueError(f"{path}, line {reader.line_num}: {error}") from error
    names = [name or f"column {number}" for number, name in enumerate(names, 1)]
    check_names(path, names)
    return names


def check_names(path: Path, names: list[str]) -> None:
    """Raise ValueError for duplicate names, and for patterns of polars."""
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"{path} has two columns {name!r}; rename one")
        if name.startswith("^") and name.endswith("$"):
            raise ValueError(
                f"{path} has the column name {name!r}, a pattern to polars; rename it"
            )
