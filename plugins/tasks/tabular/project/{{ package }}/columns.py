"""What the texts of a column mean: numbers, dates or categories."""

import polars as pl

from .errors import ProjectError
from .table import note

DATES = ("%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S")  # as in 2024-05-31 12:00
DAY = 24 * 60 * 60 * 1000  # milliseconds
LARGEST = 1e30  # what float32 holds, with room for sums


# why: all rows may say what a column is, also those that test: that "3.5" is a number
# tells nothing of which numbers there are.
def kinds_of(table: pl.DataFrame) -> dict[str, str]:
    """Return the kind of each column, and tell which are hardly what they seem."""
    kinds = {texts.name: kind_of(texts) for texts in table}
    for texts in table:
        if kinds[texts.name] == "category" and mostly_numbers(texts):
            row = first_odd(texts, "number") or 0
            what = f"{texts[row]!r} in row {row + 1}"
            note(f"{texts.name} is taken as text, not as numbers: it has {what}")
    return kinds


def kind_of(texts: pl.Series) -> str:
    """Return "number", "date" or "category": what all texts of a column are."""
    known = texts.drop_nulls()
    for kind in ("number", "date"):
        if len(known) and to_numbers(known, kind).is_not_null().all():
            return kind
    return "category"


def mostly_numbers(texts: pl.Series) -> bool:
    """Return whether more texts of a column are numbers than are not."""
    return to_numbers(texts, "number").count() > texts.count() / 2


def to_numbers(texts: pl.Series, kind: str) -> pl.Series:
    """Return texts as numbers, dates as days since 1970; null for all others."""
    if kind == "number":
        return texts.cast(pl.Float64, strict=False)
    moments = texts.str.slice(0, 19).str.replace("T", " ", literal=True)
    days = pl.Series(texts.name, [None] * len(texts), dtype=pl.Float64)
    for form in DATES:
        found = moments.str.to_datetime(form, strict=False)
        days = days.zip_with(found.is_null(), found.dt.timestamp("ms") / DAY)
    return days


def first_odd(texts: pl.Series, kind: str) -> int | None:
    """Return the first row whose text is not of a kind, None if there is none."""
    # why: nan is no smaller than anything, so that it is odd as well.
    fits = (to_numbers(texts, kind).abs() <= LARGEST).fill_null(False)
    good = texts.is_null() | fits
    return None if good.all() else good.to_list().index(False)


def to_values(texts: pl.DataFrame, kinds: dict[str, str]) -> pl.DataFrame:
    """Return the columns of `kinds`: numbers and dates as float, categories as text.

    Raises ProjectError, with the place, for a text that is none of its column's kind.
    """
    columns = []
    for name, kind in kinds.items():
        if kind == "category":
            columns.append(texts[name])
            continue
        row = first_odd(texts[name], kind)
        if row is not None:
            what = f"{texts[name][row]!r} is no {kind} that can be used"
            raise ProjectError(f"row {row + 1}, column {name}: {what}; correct it")
        columns.append(to_numbers(texts[name], kind))
    return pl.DataFrame(columns)
