"""What a request brings, as rows of texts: JSON, CSV, or the form of the page."""

import csv
import json
from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any
from urllib.parse import parse_qsl

from .limits import MOST_ROWS, BodyError

KINDS = ("application/json", "text/csv")
FORM = "application/x-www-form-urlencoded"


def read_rows(
    body: bytes, content_type: str, names: Sequence[str], kinds: Sequence[str] = KINDS
) -> list[list[str]]:
    """Return the examples of a body, each with the texts of `names` in their order.

    Raises BodyError for what is no list of examples, with the number of the example.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in kinds:
        wanted = f"send {' or '.join(kinds)}"
        raise BodyError(f"the Content-Type is {kind[:80]!r}; {wanted}", 415)
    try:
        text = body.decode("utf-8-sig")
        rows = PARSERS[kind](text, names) if text.strip() else []
    except (ValueError, csv.Error, RecursionError) as error:
        reason = str(error) or type(error).__name__
        raise BodyError(f"the body is no {kind} in UTF-8: {reason}") from error
    if not rows:
        raise BodyError(f"there is no row; each has {', '.join(names)}")
    if len(rows) > MOST_ROWS:
        raise BodyError(f"{len(rows)} rows; {MOST_ROWS} are the most at once", 413)
    return rows


def parse_json(text: str, names: Sequence[str]) -> list[list[str]]:
    """Return the rows of a list: of lists in order, or of objects by name."""
    # Numbers stay as they are written, so that read_inputs is what judges them.
    numbers = dict.fromkeys(("parse_int", "parse_float", "parse_constant"), str)
    rows = json.loads(text, object_pairs_hook=once, **numbers)
    if not isinstance(rows, list):
        raise BodyError("the body is no list of rows; put [ ] around one row, too")
    return [to_row(row, names, f"input {n}") for n, row in enumerate(rows, 1)]


def to_row(row: Any, names: Sequence[str], place: str) -> list[str]:
    """Return the texts of one row of JSON."""
    if isinstance(row, dict):
        row = in_order(row, names, place)
    if not isinstance(row, list):
        wanted = f"a list of {len(names)} values, or an object with their names"
        raise BodyError(f"{place} is no row: {wanted}")
    return [to_text(value, place) for value in row]


def to_text(value: Any, place: str) -> str:
    """Return a value of JSON as a CSV file would have it: null is an empty text."""
    if isinstance(value, list | dict):
        raise BodyError(f"{place} has a list or an object where a value belongs")
    if isinstance(value, bool):
        return str(value).lower()
    text = value or ""
    text.encode()  # raises ValueError for half a character
    return text


def parse_csv(text: str, names: Sequence[str]) -> list[list[str]]:
    """Return the rows of CSV text, in the order of its header if it has one."""
    reader = csv.reader(StringIO(text, newline=""), skipinitialspace=True, strict=True)
    rows = [[cell.strip() for cell in row] for row in reader]
    rows = [row for row in rows if row not in ([], [""])]
    known = {name.lower(): name for name in names} | {name: name for name in names}
    first = rows[0] if rows else []
    header = [known.get(cell, known.get(cell.lower(), cell)) for cell in first]
    if not set(header) & set(names):
        return rows
    found = []
    for n, row in enumerate(rows[1:], 1):
        if len(row) != len(header):
            raise BodyError(f"input {n}: {len(row)} values below {len(header)} names")
        named = once(list(zip(header, row, strict=True)))
        found.append(in_order(named, names, f"input {n}"))
    return found


def parse_form(text: str, names: Sequence[str]) -> list[list[str]]:
    """Return the one row of a form."""
    pairs = parse_qsl(text, keep_blank_values=True, errors="strict")
    return [in_order(once(pairs), names, "the form")]


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return named values as a dict; raise BodyError if a name comes twice."""
    values = dict(pairs)
    if len(values) < len(pairs):
        raise BodyError("a name stands twice in one row")
    return values


def in_order(row: Mapping[str, Any], names: Sequence[str], place: str) -> list[Any]:
    """Return the values of `names`; raise BodyError for a name too few or too many."""
    try:
        values = [row[name] for name in names]
    except KeyError as error:
        raise BodyError(f"{place}: {error.args[0]} is missing") from error
    if len(row) > len(names):
        unknown = next(name for name in row if name not in names)
        known = ", ".join(names)
        raise BodyError(f"{place}: there is no {unknown!r}; the inputs are {known}")
    return values


PARSERS = dict(zip((*KINDS, FORM), (parse_json, parse_csv, parse_form), strict=True))
