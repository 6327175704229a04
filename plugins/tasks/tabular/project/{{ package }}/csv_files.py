"""Read CSV files, UTF-8 or UTF-16, with any separator."""

import csv
import gzip
import io
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

import polars as pl

from .names import to_names

PART = 100_000  # values of a CSV file that are Python strings at a time
csv.field_size_limit(2**31 - 1)


def read_csv(path: Path) -> pl.DataFrame:
    """Return a CSV file, UTF-8 or UTF-16, as text; ValueError names a bad line."""
    if (table := read_plain(path)) is not None:
        return table
    with path.open("rb") as file:
        compressed = file.read(2) == b"\x1f\x8b"
    with gzip.open(path) if compressed else path.open("rb") as data:
        utf16 = data.peek(2)[:2] in (b"\xff\xfe", b"\xfe\xff")
        # why: utf-8-sig is UTF-8 with or without the byte order mark that Excel writes.
        encoding = "utf-16" if utf16 else "utf-8-sig"
        with io.TextIOWrapper(data, encoding, newline="") as lines:
            return parse_csv(lines)


def read_plain(path: Path) -> pl.DataFrame | None:
    """Return a CSV file as polars reads it, fast; None if that might be wrong.

    It is right without quotes, if all lines together have the separators they should.
    """
    separators = lines = 0
    with path.open("rb") as file:
        try:
            sample = [line.decode() for line in islice(file, 200)]
        except UnicodeDecodeError:
            return None
        if not sample or any(mark in line for line in sample for mark in '"\r'):
            return None
        separator = find_separator(sample)
        file.seek(0)
        while block := file.read(2**20):
            if b'"' in block or b"\r" in block:
                return None
            separators += block.count(separator.encode())
            lines += block.count(b"\n")
    names = sample[0].rstrip("\n").lstrip("\ufeff").split(separator)
    options: Any = {"separator": separator, "quote_char": None, "glob": False}
    try:
        schema = dict.fromkeys(to_names(names), pl.String)
        table = pl.read_csv(path, schema=schema, **options).fill_null("")
    except (pl.exceptions.PolarsError, ValueError, OSError):
        return None
    whole = lines == len(table) + 1 and separators == lines * (len(names) - 1)
    return table if whole and separators else None


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
