"""Check the table of a new project: can it be read, and which family has its target?"""

import csv
import gzip
import re
import zlib
from collections.abc import Iterator
from difflib import get_close_matches
from io import TextIOWrapper
from itertools import chain, islice
from pathlib import Path
from unicodedata import normalize

from scaffold.errors import ArgumentError

MAX_ROWS = 100_000
MAX_CLASSES = 20  # more distinct numbers are a regression target, as in the project
MISSING = {"", "na", "n/a", "#n/a", "nan", "<na>", "nat", "null", "?", "-", "none"}
NUMBER = re.compile(
    r"(?!0\d+$)[-+(]?[^\w\s]{0,3}\s*[-+]?[\d.,'\u2019\s]*\d(e[-+]?\d+)?\s*\D{0,12}"
)
BINARY = (b"PAR1", b"PK\3\4")  # Parquet and Excel, which the project itself reads


def check_table(path: Path, target: str, family: str) -> str:
    """Return the family of a table's target; `family` is what the user wants, or "".

    Raises ArgumentError if the table cannot be read, or has no such target.
    """
    with path.open("rb") as file:
        if file.read(4) in BINARY:
            return family
    try:
        values = list(islice(read_column(path, target), MAX_ROWS))
    except (UnicodeError, csv.Error, EOFError, OSError, zlib.error) as error:
        raise ArgumentError(
            f"data: cannot read {path.name!r} as CSV, Parquet or Excel: {error}; "
            "save it as CSV UTF-8"
        ) from error
    found = infer_family(values)
    numbers = all(NUMBER.fullmatch(value) for value in values)
    if not found and not family:
        raise ArgumentError(f"target: {target!r} is different in almost every row")
    different = len(set(values))
    suits = {"regression": numbers and different > 2, "binary": different == 2}
    if family and not suits.get(family, found not in ("regression", "")):
        what = f"{different} different {'numbers' if numbers else 'values'}"
        hint = f"; use --set family={found}" if found else ""
        raise ArgumentError(f"target: {target!r} has {what}, not {family}{hint}")
    return family or found


def infer_family(values: list[str]) -> str:
    """Return the family that suits the values of a target, "" if none does."""
    different = len(set(values))
    if different == 2:
        return "binary"
    if different > MAX_CLASSES and all(map(NUMBER.fullmatch, values)):
        return "regression"
    return "multiclass" if 1 < different <= len(values) / 2 else ""


def read_column(path: Path, name: str) -> Iterator[str]:
    """Yield the values of a column of a CSV file, those that are not missing."""
    with path.open("rb") as file:
        compressed = file.read(2) == b"\x1f\x8b"
    with gzip.open(path) if compressed else path.open("rb") as data:
        utf16 = data.peek(2)[:2] in (b"\xff\xfe", b"\xfe\xff")
        encoding = "utf-16" if utf16 else "utf-8-sig"
        with TextIOWrapper(data, encoding, newline="") as lines:
            sample = list(islice(lines, 200))
            reader = csv.reader(chain(sample, lines), delimiter=separator(sample))
            names = [to_name(text) for text in next(filter(None, reader), [])]
            if to_name(name) not in names:
                raise unknown_column(name, names)
            column = names.index(to_name(name))
            for row in filter(None, reader):
                if len(row) != len(names):
                    what = f"expected {len(names)} values, got {len(row)}"
                    raise csv.Error(f"line {reader.line_num}: {what}")
                if row[column].strip().lower() not in MISSING:
                    yield spelling(row[column])


def separator(sample: list[str]) -> str:
    """Return the separator that gives most lines as many values as the header."""

    def score(mark: str) -> tuple[float, bool, int]:
        widths = [len(row) for row in csv.reader(sample, delimiter=mark) if row] or [1]
        same = widths.count(widths[0]) / len(widths)
        return same if widths[0] > 1 else 0, mark != ",", widths[0]

    return max(",;\t|", key=score)


def to_name(text: str) -> str:
    """Return a column name as the project spells it."""
    return normalize("NFC", " ".join(text.split()))


def spelling(text: str) -> str:
    """Return a value in one spelling: 1.0 is 1, and True is true."""
    text = re.sub(r"^([+-]?\d+)\.0+$", r"\1", text.strip())
    return text.lower() if text.lower() in ("true", "false") else text


def unknown_column(name: str, names: list[str]) -> ArgumentError:
    """Return the error for a target that the table does not have."""
    near = get_close_matches(name, names, n=1)
    some = ", ".join(names[:20])
    hint = f"did you mean {near[0]!r}?" if near else f"choose from {some}"
    return ArgumentError(f"target: the table has no column {name!r}; {hint}")
