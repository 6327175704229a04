"""The values of columns: their spelling, and how numbers are written."""

from typing import Any

import polars as pl

from .dates import to_days

Column = dict[str, Any]  # name, kind, and how its values are written: plain data
MISSING = ["", "na", "n/a", "#n/a", "nan", "<na>", "nat", "null", "?"]
# Missing, too, but only where the other values are numbers or dates.
DASHES = ["-", "--", "\u2013", "\u2014"]
MARKS = [*DASHES, ".", "..", "*", "none", "nil", "n.a.", "unknown", "missing", "tbd"]
MARKS += ["\\n", "(null)", "#div/0!", "#value!", "#ref!", "#num!"]  # \\N of a database
LARGEST = 1e30  # fits into float32, also in sums
PLAIN: Column = {"form": ".", "grouped": False, "before": "", "after": ""}
EXPONENT = r"(?:[eE][+-]?[0-9]+)?"
# Sign, currency, digits, unit: -$5.50, 1 024 kg, 3,5 %
NUMBER = (
    r"^([+-]?)([A-Z]{0,2}\p{Sc}|(?:EUR|USD|GBP|CHF|JPY)\s)?\s*([+-]?[0-9.,'\u2019\s]*[0-9]\.?"
    + EXPONENT
    + r")\s*([\p{L}%\u2030°\p{Sc}][^\d]{0,11})?$"
)
GROUP = {".": r"[,'\u2019\s]", ",": r"[.'\u2019\s]"}  # by the decimal mark
WHOLE = r"(?:[0-9]+|[1-9][0-9]{0,2}(?:GROUP[0-9]{3})+)"
GROUPED = f"^[+-]?{WHOLE}?(?:\\MARK[0-9]*)?{EXPONENT}$"
DIGITS = {
    mark: GROUPED.replace("GROUP", group).replace("MARK", mark)
    for mark, group in GROUP.items()
}


def are_plain(values: pl.Series) -> bool:
    """Return whether all known values are plain numbers, such as -1.5e3."""
    numbers = values.cast(pl.Float64, strict=False)
    exact = numbers.null_count() == values.null_count()
    return exact and (numbers.abs() <= LARGEST).all()


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


def to_numbers(texts: pl.Series, column: Column) -> pl.Series:
    """Return texts as numbers; null where one is written in another form.

    If no training value says what a comma means, 1,500 is null.
    """
    form, grouped = column["form"], column["grouped"]
    if not (column["before"] or column["after"] or grouped or form == ","):
        return texts.cast(pl.Float64, strict=False)
    sign, before, digits, after = texts.str.extract_groups(NUMBER).struct.unnest()
    fits = digits.str.contains(DIGITS[form])
    fits &= before.fill_null("") == column["before"]
    fits &= after.fill_null("") == column["after"]
    if grouped:
        digits = digits.str.replace_all(GROUP[form], "")
    else:
        fits &= ~digits.str.contains(GROUP[form])
    numbers = (sign + digits).str.replace(",", ".").cast(pl.Float64, strict=False)
    return numbers.set(~fits, None)


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
