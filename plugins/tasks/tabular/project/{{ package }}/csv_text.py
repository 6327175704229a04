"""CSV files as they are found: any separator, any line ends, checked line by line."""

import csv
import re
from io import StringIO
from pathlib import Path

import polars as pl

from .errors import ProjectError


def read_csv(path: Path) -> pl.DataFrame:
    """Return the texts of a CSV file, whose first line names the columns."""
    try:
        # why: utf-8-sig is UTF-8, with or without the mark that Excel puts in front.
        text = path.read_text(encoding="utf-8-sig").rstrip("\n")
    except UnicodeDecodeError as error:
        raise ProjectError(f"{path} is not in UTF-8; save it as CSV UTF-8") from error
    if not text.strip():
        raise ProjectError(f"{path} is empty")
    names_only = re.sub('"[^"]*"', "", text.split("\n", 1)[0])
    separator = max(",;\t|", key=names_only.count)
    names = check_lines(path, text, separator)
    table = pl.read_csv(text.encode(), separator=separator, infer_schema=False)
    table.columns = names
    if separator == ";":
        # why: where commas stand inside numbers, as in 3,5, semicolons separate them.
        return table.with_columns(pl.all().str.replace(r"^([+-]?\d+),(\d+)$", "$1.$2"))
    return table


def check_lines(path: Path, text: str, separator: str) -> list[str]:
    """Return the column names; raise ProjectError if a line differs."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator)
    try:
        names = [name.strip() for name in next(reader)]
        for row in reader:
            if len(row) != len(names):
                what = f"not {len(names)} values, as the first line, but {len(row)}"
                raise ProjectError(f"{path}, line {reader.line_num}: {what}")
    except csv.Error as error:
        raise ProjectError(f"{path}, line {reader.line_num}: {error}") from error
    names = [name or f"column {number}" for number, name in enumerate(names, 1)]
    check_names(path, names)
    return names


def check_names(path: Path, names: list[str]) -> None:
    """Raise ProjectError for names that polars, or you, could mistake for others."""
    for name in names:
        if names.count(name) > 1:
            raise ProjectError(f"{path} has two columns {name!r}; rename one")
        if name.startswith("^") and name.endswith("$"):
            raise ProjectError(f"{path} has a column {name!r}, a pattern; rename it")
