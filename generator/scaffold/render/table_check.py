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

MAX_ROWS = 1_000_000
MIN_ROWS = 10
MAX_CLASSES = 20  # more distinct numbers are a regression target, as in the project
MISSING = {"", "na", "n/a", "#n/a", "nan", "<na>", "nat", "null", "?"}
MARKS = {"-", "--", "\u2013", "\u2014", ".", "..", "*", "none", "nil", "n.a."}
MARKS |= {"unknown", "missing", "tbd", "\\n", "(null)"}
MARKS |= {"#div/0!", "#value!", "#ref!", "#num!"}
EXPONENT = r"(?:[eE][+-]?[0-9]+)?"
PLAIN = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)" + EXPONENT)
CODE = re.compile(r"0[0-9]+")
COMPACT_DATE = re.compile(r"(?:19|20)[0-9]{6}")
CURRENCY = "[$\xa2-\xa5\u20a0-\u20cf]"
NUMBER = re.compile(  # sign, currency, digits, unit
    rf"[+-]?([A-Z]{{0,2}}{CURRENCY}|(?:EUR|USD|GBP|CHF|JPY)\s)?\s*"
    rf"([+-]?[0-9.,'\u2019\s]*[0-9]\.?{EXPONENT})\s*"
    rf"((?:[^\W\d_]|[%\u2030\xb0]|{CURRENCY})\D{{0,11}})?"
)
WHOLE = r"(?:[0-9]+|[1-9][0-9]{{0,2}}(?:{}[0-9]{{3}})+)?"
DIGITS = [
    re.compile("[+-]?" + WHOLE.format(group) + rf"(?:{mark}[0-9]*)?" + EXPONENT)
    for mark, group in ((r"\.", r"[,'\u2019\s]"), (",", r"[.'\u2019\s]"))
]
BINARY = (b"PAR1", b"PK\3\4")  # Parquet and Excel
csv.field_size_limit(2**31 - 1)


def check_table(path: Path, target: str, family: str) -> str:
    """Return the family of a table's target; `family` is what the user wants, or "".

    Raises ArgumentError if the table cannot be read, or has no such target. Parquet and
    Excel are not read: only the project itself has the libraries for them.
    """
    if is_binary(path):
        return family
    try:
        values = list(islice(read_column(path, target), MAX_ROWS))
    except (UnicodeError, csv.Error, EOFError, OSError, zlib.error) as error:
        raise ArgumentError(
            f"data: cannot read {path.name!r} as CSV, Parquet or Excel: {error}; "
            "save it as CSV UTF-8"
        ) from error
    return check_target(join_booleans(values), target, family)


def is_binary(path: Path) -> bool:
    """Return whether a file is Parquet or Excel."""
    with path.open("rb") as file:
        return file.read(4) in BINARY


def check_target(values: list[str], target: str, family: str) -> str:
    """Return the family of the values of a target, or raise ArgumentError."""
    different = len(set(values))
    if len(values) < MIN_ROWS:
        what = f"{len(values)} rows with {target!r}; at least {MIN_ROWS} needed"
        raise ArgumentError(f"target: {what}")
    if different == 1:
        raise ArgumentError(f"target: {target!r} is {values[0]!r} in every row")
    numbers = are_numbers(values)
    found = infer_family(values, numbers)
    if not found and not family:
        raise ArgumentError(f"target: {target!r} is different in almost every row")
    suits = {"regression": numbers and different > 2, "binary": different == 2}
    if family and not suits.get(family, found not in ("regression", "")):
        what = f"{different} different {'numbers' if numbers else 'values'}"
        hint = f"; use --set family={found}" if found else ""
        raise ArgumentError(f"target: {target!r} has {what}, not {family}{hint}")
    return family or found


def infer_family(values: list[str], numbers: bool) -> str:
    """Return the family that suits the values of a target, "" if none does."""
    different = len(set(values))
    if different == 2:
        return "binary"
    if different > MAX_CLASSES and numbers:
        return "regression"
    return "multiclass" if 1 < different <= len(values) / 2 else ""


def are_numbers(values: list[str]) -> bool:
    """Return whether the project reads all values as numbers, of one unit."""
    known = [value for value in values if value.lower() not in MARKS]
    if any(map(CODE.fullmatch, known)) or all(map(COMPACT_DATE.fullmatch, known)):
        return False
    if all(map(PLAIN.fullmatch, known)):
        return True
    found = [number for value in known if (number := NUMBER.fullmatch(value))]
    units = {(number[1], number[3]) for number in found}
    digits = [number[2] for number in found]
    same = len(found) == len(known) and len(units) == 1
    return same and any(all(map(form.fullmatch, digits)) for form in DIGITS)


def join_booleans(values: list[str]) -> list[str]:
    """Return values in which 1 and 0 beside true and false are these."""
    names = {"1": "true", "0": "false", "true": "true", "false": "false"}
    if {"true", "false"} & set(values) and names.keys() >= set(values):
        return [names[value] for value in values]
    return values


def read_column(path: Path, name: str) -> Iterator[str]:
    """Yield the values of a column of a CSV file, those that are not missing."""
    with path.open("rb") as file:
        compressed = file.read(2) == b"\x1f\x8b"
    with gzip.open(path) if compressed else path.open("rb") as data:
        utf16 = data.peek(2)[:2] in (b"\xff\xfe", b"\xfe\xff")
        encoding = "utf-16" if utf16 else "utf-8-sig"
        with TextIOWrapper(data, encoding, newline="") as lines:
            sample = list(islice(lines, 200))
            rows = chain(sample, lines)
            reader = csv.reader(rows, delimiter=separator(sample), strict=True)
            names = to_names(next(filter(None, reader), []))
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


def to_names(texts: list[str]) -> list[str]:
    """Return column names as the project spells them; csv.Error if there are none."""
    names = [to_name(text) or f"column {n}" for n, text in enumerate(texts, 1)]
    if not names:
        raise csv.Error("is empty")
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise csv.Error(f"two columns {min(twice)!r}; rename one")
    return names


def to_name(text: str) -> str:
    """Return a column name as the project spells it."""
    return normalize("NFC", " ".join(text.split()))


def spelling(text: str) -> str:
    """Return a value in one spelling: 1.0 is 1, and True is true."""
    text = re.sub(r"^([+-]?\d+)\.0+$", r"\1", normalize("NFC", text.strip()))
    return text.lower() if text.lower() in ("true", "false") else text


def unknown_column(name: str, names: list[str]) -> ArgumentError:
    """Return the error for a target that the table does not have."""
    near = get_close_matches(name, names, n=1)
    some = ", ".join(names[:20])
    hint = f"did you mean {near[0]!r}?" if near else f"choose from {some}"
    return ArgumentError(f"target: the table has no column {name!r}; {hint}")
