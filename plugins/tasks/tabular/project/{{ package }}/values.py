"""The values of columns: their spelling, and how numbers are written."""

from typing import Any

import polars as pl

from .dates import to_days

Column = dict[str, Any]  # name, kind, and how its values are written: plain data
MISSING = ["", "na", "n/a", "#n/a", "nan", "<na>", "nat", "null", "?"]
# Missing, too, but only where the other values are numbers or dates.
DASHES = ["-", "--", "\u2013", "\u2014"]
MARKS = [*DASHES, ".", "..", "*", "none", "nil", "n.a.", "unknown"]
LARGEST = 1e30  # fits into float32, also in sums
PLAIN: Column = {"form": ".", "grouped": False, "before": "", "after": ""}
EXPONENT = r"(?:[eE][+-]?\d+)?"
# Sign, currency, digits, unit: -$5.50, 1 024 kg, 3,5 %
NUMBER = (
    r"^([+-]?)([A-Z]{0,2}\p{Sc}|(?:EUR|USD|GBP|CHF|JPY)\s)?\s*([+-]?[\d.,'\u2019\s]*\d\.?"
    + EXPONENT
    + r")\s*([\p{L}%\u2030°\p{Sc}][^\d]{0,11})?$"
)
GROUP = {".": r"[,'\u2019\s]", ",": r"[.'\u2019\s]"}  # by the decimal mark
GROUPED = r"^[+-]?(?:\d+|[1-9]\d{0,2}(?:GROUP\d{3})+)?(?:\MARK\d*)?" + EXPONENT + "$"
DIGITS = {
    mark: GROUPED.replace("GROUP", group).replace("MARK", mark)
    for mark, group in GROUP.items()
}


def to_floats(texts: pl.Series) -> pl.Series | None:
    """Return plain numbers, such as -1.5e3, as floats; None if any text is none."""
    floats = texts.cast(pl.Float64, strict=False)
    exact = floats.null_count() == texts.null_count() and floats.is_finite().all()
    return floats if exact else None


def clean(values: pl.Series) -> pl.Series:
    """Return values in one spelling, null if missing: True, TRUE and true are true."""
    if values.dtype.is_numeric():
        return values.cast(pl.Float64).fill_nan(None)
    texts = values.cast(pl.String)
    texts = texts.set(texts == "", None)
    if to_floats(texts) is not None:
        return texts
    texts = texts.str.normalize("NFC").str.strip_chars()
    lower = texts.str.to_lowercase()
    texts = texts.zip_with(~lower.is_in(["true", "false"]).fill_null(False), lower)
    return texts.set(lower.is_in(MISSING).fill_null(True), None)


def to_numbers(texts: pl.Series, column: Column) -> pl.Series:
    """Return texts as numbers; null where one is written in another form."""
    form, grouped = column["form"], column["grouped"]
    if not (column["before"] or column["after"] or grouped or form == ","):
        return texts.cast(pl.Float64, strict=False)
    sign, before, digits, after = texts.str.extract_groups(NUMBER).struct.unnest()
    fits = digits.str.contains(DIGITS[form])
    fits &= before.fill_null("") == column["before"]
    fits &= after.fill_null("") == column["after"]
    if grouped:
        digits = digits.str.replace_all(GROUP[form], "")
    numbers = (sign + digits).str.replace(",", ".").cast(pl.Float64, strict=False)
    return numbers.set(~fits, None)


def parse(values: pl.Series, column: Column) -> pl.Series:
    """Return clean values as numbers, days since 1970, or texts (1.0 is 1).

    Raises ValueError, with the row, for a value that the column cannot have.
    """
    if column["kind"] in ("category", "text"):
        return values.cast(pl.String).str.replace(r"^([+-]?\d+)\.0+$", "$1")
    if column["kind"] == "date":
        texts = values.cast(pl.String)
        parsed = to_days(texts, column["form"])
        if parsed.null_count() > texts.null_count():  # a Parquet file has ISO dates
            parsed = parsed.zip_with(parsed.is_not_null(), to_days(texts, "%Y-%m-%d"))
    elif values.dtype.is_numeric():
        parsed = values
    else:
        switched = values.replace({"true": "1", "false": "0"})
        parsed = to_numbers(switched, PLAIN | column)
    bad = values.is_not_null() & ~(parsed.abs() <= LARGEST).fill_null(False)
    if bad.any():
        bad &= ~values.cast(pl.String).str.to_lowercase().is_in(MARKS)
    if bad.any():
        row = bad.arg_max()
        what = f"{values[row]!r} is not a valid {column['kind']}"
        raise ValueError(f"row {row + 1}, column {values.name}: {what}")
    return parsed
