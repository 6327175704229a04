"""The names of columns, and options that list them."""

import csv
from collections.abc import Collection, Iterable
from difflib import get_close_matches
from unicodedata import normalize


def to_name(name: str) -> str:
    """Return a column name without line breaks and differences that cannot be seen."""
    return normalize("NFC", " ".join(name.split()))


def to_names(names: Iterable[str]) -> list[str]:
    """Return column names in one spelling; raise ValueError if two are equal."""
    found = [
        to_name(name) or f"column {number}" for number, name in enumerate(names, 1)
    ]
    if len(set(found)) < len(found):
        twice = next(name for name in found if found.count(name) > 1)
        raise ValueError(f"two columns {twice!r}; rename one")
    return found


def find_name(name: str, names: Collection[str], flag: str) -> str:
    """Return the name of a column; raise ValueError, with a hint, if there is none."""
    if to_name(name) in names:
        return to_name(name)
    near = get_close_matches(name, names, n=1)
    some = ", ".join(list(names)[:20])
    hint = f"did you mean {near[0]!r}?" if near else f"choose from {some}"
    raise ValueError(f"{flag}: unknown column {name!r}; {hint}")


def split_list(text: str) -> list[str]:
    """Return the items of a list separated by commas; quotes may enclose an item."""
    return next(csv.reader([text], skipinitialspace=True), [])


def parse_items(text: str, names: Collection[str], flag: str) -> dict[str, str]:
    """Return the values of items such as day=date, by name of the column."""
    items = [item.rpartition("=") for item in split_list(text)]
    return {find_name(name, names, flag): value for name, _, value in items}
