"""Read tables: CSV with any separator, also compressed; Parquet; Excel."""

import csv
import gzip
import io
from collections.abc import Iterable, Iterator
from hashlib import file_digest
from itertools import chain, islice
from pathlib import Path
from typing import Any

import polars as pl

from .names import to_names

PENGUINS = Path(__file__).parent / "penguins.csv"
DATA = Path(__file__).parents[1] / "data"  # `scaffold new` copies your table here
PART = 100_000  # values of a CSV file that are Python strings at a time
csv.field_size_limit(2**31 - 1)
FORMATS = "CSV, Parquet or Excel"


def find_table(name: str) -> Path:
    """Return the path of a table: in data/, or relative to the current folder."""
    if not name:
        return PENGUINS
    path = next((path for path in (DATA / name, Path(name)) if path.is_file()), None)
    if path is None:
        raise ValueError(f"--data: file not found: {name!r} (also not in {DATA})")
    return path


def fingerprint(path: Path) -> str:
    """Return a hash of the file, to notice that it has changed."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def read_table(path: Path) -> pl.DataFrame:
    """Return the columns of a table; those of a CSV file are text.

    Raises ValueError if the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(4)
        if magic == b"PAR1":
            table = pl.read_parquet(path)
        elif magic == b"PK\3\4":
            table = pl.read_excel(path)
        else:
            table = read_csv(path)
    except ModuleNotFoundError as error:
        raise ValueError(f"{path}: to read Excel, pip install fastexcel") from error
    except Exception as error:  # a damaged file raises errors of many types
        cause = str(error).partition("\n")[0]
        raise ValueError(f"cannot read {path} as {FORMATS}: {cause}") from error
    if table.is_empty():
        raise ValueError(f"{path} has no rows")
    return table.rename(dict(zip(table.columns, to_names(table.columns), strict=True)))


def read_csv(path: Path) -> pl.DataFrame:
    """Return a CSV file, UTF-8 or UTF-16, as text; ValueError names a bad line."""
    with path.open("rb") as file:
        compressed = file.read(2) == b"\x1f\x8b"
    with gzip.open(path) if compressed else path.open("rb") as data:
        utf16 = data.peek(2)[:2] in (b"\xff\xfe", b"\xfe\xff")
        # why: utf-8-sig is UTF-8 with or without the byte order mark that Excel writes.
        encoding = "utf-16" if utf16 else "utf-8-sig"
        with io.TextIOWrapper(data, encoding, newline="") as lines:
            return parse_csv(lines)


def parse_csv(lines: Iterable[str]) -> pl.DataFrame:
    """Return the rows below a header as columns of text."""
    lines = iter(lines)
    sample = list(islice(lines, 200))
    separator = find_separator(sample)
    reader = csv.reader(chain(sample, lines), delimiter=separator, strict=True)
    names = to_names(next(read_rows(reader), []))
    if not names:
        raise ValueError("is empty")
    rows = read_rows(reader, len(names))
    # why: in parts, since a whole table of Python strings would take much memory.
    size = 200 + PART // len(names)
    parts = [pl.DataFrame(schema=dict.fromkeys(names, pl.String))]
    while part := list(islice(rows, size)):
        columns = dict(zip(names, zip(*part, strict=True), strict=True))
        parts.append(pl.DataFrame(columns, schema=parts[0].schema))
    return pl.concat(parts)


def find_separator(sample: list[str]) -> str:
    """Return the separator that gives most lines as many values as the header."""

    def score(separator: str) -> tuple[float, bool, int]:
        widths = [len(row) for row in csv.reader(sample, delimiter=separator) if row]
        width = widths[0] if widths else 1
        share = widths.count(width) / len(widths) if width > 1 else 0
        return share, separator != ",", width  # a comma may be a decimal comma

    return max(",;\t|", key=score)


def read_rows(reader: Any, width: int | None = None) -> Iterator[list[str]]:
    """Yield the rows that are not empty; raise ValueError for one of another width."""
    try:
        for row in reader:
            if row and width and len(row) != width:
                raise ValueError(f"expected {width} values, got {len(row)}")
            if row:
                yield row
    except (csv.Error, ValueError) as error:
        raise ValueError(f"line {reader.line_num}: {error}") from error
