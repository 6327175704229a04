"""Read tables as text: CSV files with any separator, or Parquet files."""

import csv
import re
import sys
from io import StringIO
from pathlib import Path

import polars as pl

PENGUINS = Path(__file__).parent / "penguins.csv"
DATA = Path(__file__).parents[1] / "data"  # `scaffold new` copies your table here
MISSING = ["", "na", "n/a", "nan", "null", "?"]


def warn(text: str) -> None:
    """Print a warning to stderr, since the results may go to a file."""
    print(f"warning: {text}", file=sys.stderr)


def resolve_data_path(name: str) -> Path:
    """Return the path of a table: in data/, or relative to the current folder."""
    if not name:
        return PENGUINS
    path = next((path for path in (DATA / name, Path(name)) if path.is_file()), None)
    if path is None:
        raise ValueError(f"--data: file not found: {name!r} (also not in {DATA})")
    return path


def read_table(path: Path) -> pl.DataFrame:
    """Return all values as text, null if missing; raise ValueError if unreadable."""
    try:
        with path.open("rb") as file:
            parquet = file.read(4) == b"PAR1"
        if parquet:
            table = pl.read_parquet(path).select(pl.all().cast(pl.String))
            check_names(path, table.columns)
        else:
            table = read_csv(path)
    except OSError as error:
        raise ValueError(f"cannot read {path}: {error.strerror}") from error
    except pl.exceptions.PolarsError as error:
        reason, *_ = str(error).splitlines()
        raise ValueError(f"{path} cannot be read as a table: {reason}") from error
    if table.is_empty():
        raise ValueError(f"{path} has no rows")
    return normalize_missing(table)


def normalize_missing(table: pl.DataFrame) -> pl.DataFrame:
    """Return the values without surrounding spaces, and null for those in MISSING."""
    texts = pl.all().str.strip_chars()
    known = ~texts.str.to_lowercase().is_in(MISSING)
    return table.select(pl.when(known).then(texts))


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
            raise ValueError(f"{path}: rename the column {name!r}, a pattern to polars")
