"""The values of columns: one spelling, and what they are as numbers."""

import polars as pl

from .amounts import LARGEST, PLAIN, Column, are_plain, to_numbers
from .dates import to_days

MISSING = ["", "na", "n/a", "#n/a", "nan", "<na>", "nat", "null", "?"]
# Missing, too, but only where the other values are numbers or dates.
DASHES = ["-", "--", "\u2013", "\u2014"]
MARKS = [*DASHES, ".", "..", "*", "none", "nil", "n.a.", "unknown", "missing", "tbd"]
MARKS += ["\\n", "(null)", "#div/0!", "#value!", "#ref!", "#num!"]  # \N of a database


def simplify(values: pl.Series) -> pl.Series:
    """Return values of types that only Parquet has as numbers or texts."""
    kind = values.dtype
    if kind == pl.Duration:
        return values.dt.total_microseconds() / 1e6  # seconds
    if kind == pl.Datetime:
        return values.cast(pl.Datetime("us"))  # UTC
    if kind.is_nested() or kind in (pl.Binary, pl.Object):
        texts = [None if value is None else str(value) for value in values.to_list()]
        return pl.Series(values.name, texts, pl.String)
    return values


def clean(values: pl.Series) -> pl.Series:
    """Return values in one spelling, null if missing: True, TRUE and true are true."""
    values = simplify(values)
    if values.dtype.is_integer():
        return values  # as floats, large ones would lose digits
    if values.dtype.is_numeric():
        return values.cast(pl.Float64).fill_nan(None)
    texts = values.cast(pl.String)
    texts = texts.set(texts == "", None)
    if are_plain(texts):
        return texts
    texts = texts.str.normalize("NFC").str.strip_chars()
    lower = texts.str.to_lowercase()
    boolean = lower.is_in(["true", "false"]).fill_null(False)
    texts = texts.zip_with(~boolean, lower)
    texts = texts.set(lower.is_in(MISSING).fill_null(True), None)
    if boolean.any() and texts.drop_nulls().is_in(["true", "false", "1", "0"]).all():
        return texts.replace({"1": "true", "0": "false"})
    return texts


def parse(values: pl.Series, column: Column) -> pl.Series:
    """Return clean values as numbers, days since 1970, or texts (1.0 is 1).

    Raises ValueError, with the row, for a value that the column cannot have.
    """
    if column["kind"] in ("category", "text"):
        return values.cast(pl.String).str.replace(r"^([+-]?\d+)\.0+$", "$1")
    if column["kind"] == "date":
        texts = values.cast(pl.String).str.replace(r"\.0$", "")
        parsed = to_days(texts, column["form"])
        if parsed.null_count() > texts.null_count():  # a Parquet file has ISO dates
            parsed = parsed.zip_with(parsed.is_not_null(), to_days(texts, "%Y-%m-%d"))
    elif values.dtype.is_numeric():
        parsed = values.cast(pl.Float64)
    else:
        switched = values.replace({"true": "1", "false": "0"})
        parsed = to_numbers(switched, PLAIN | column)
    is_boolean = column["kind"] == "boolean"
    valid = parsed.is_in([0.0, 1.0]) if is_boolean else parsed.abs() <= LARGEST
    bad = values.is_not_null() & ~valid.fill_null(False)
    if bad.any():
        bad &= ~values.cast(pl.String).str.to_lowercase().is_in(MARKS)
    if bad.any():
        row = bad.arg_max()
        what = f"{values[row]!r} is not a valid {column['kind']}"
        raise ValueError(f"row {row + 1}, column {values.name}: {what}")
    return parsed
