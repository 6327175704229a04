"""Infer whether a column has numbers, dates or categories."""

import polars as pl

from .table import normalize_missing, warn

DATES = ("%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S")  # as in 2024-05-31 12:00
DAY = 24 * 60 * 60 * 1000  # milliseconds
LARGEST = 1e30  # fits into float32, also in sums


# why: from all rows, also those of the test set: the dtype of a column says nothing
# about the values that the model has to predict from.
def infer_dtypes(table: pl.DataFrame) -> dict[str, str]:
    """Return "number", "date" or "category" for each column; warn of odd values."""
    kinds = {texts.name: infer_dtype(texts) for texts in table}
    for texts in table:
        if kinds[texts.name] == "category" and is_mostly_numeric(texts):
            row = first_invalid(texts, "number") or 0
            what = f"{texts[row]!r} in row {row + 1}"
            warn(
                f"{texts.name} is read as a category, not as numbers, because of {what}"
            )
    return kinds


def infer_dtype(texts: pl.Series) -> str:
    """Return the dtype that all values of a column have."""
    known = texts.drop_nulls()
    for kind in ("number", "date"):
        if len(known) and to_numbers(known, kind).is_not_null().all():
            return kind
    return "category"


def is_mostly_numeric(texts: pl.Series) -> bool:
    """Return whether more than half of the values are numbers."""
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


def first_invalid(texts: pl.Series, kind: str) -> int | None:
    """Return the index of the first invalid value, None if there is none."""
    # why: a comparison with NaN is false, so that NaN is invalid, too.
    fits = (to_numbers(texts, kind).abs() <= LARGEST).fill_null(False)
    good = texts.is_null() | fits
    return None if good.all() else good.to_list().index(False)


def cast_columns(texts: pl.DataFrame, kinds: dict[str, str]) -> pl.DataFrame:
    """Return the columns of `kinds`: numbers and dates as float, categories as text.

    Raises ValueError, with row and column, for a value of another dtype.
    """
    columns = []
    for name, kind in kinds.items():
        if kind == "category":
            columns.append(texts[name])
            continue
        row = first_invalid(texts[name], kind)
        if row is not None:
            what = f"{texts[name][row]!r} is not a valid {kind}"
            raise ValueError(f"row {row + 1}, column {name}: {what}; correct it")
        columns.append(to_numbers(texts[name], kind))
    return pl.DataFrame(columns)


def select_columns(rows: list[dict[str, str]], names: list[str]) -> pl.DataFrame:
    """Return the named columns of rows; others are ignored.

    Raises ValueError if one is missing.
    """
    columns = rows[0] if rows else {}
    if missing := [name for name in names if name not in columns]:
        raise ValueError(f"missing columns: {', '.join(missing)}")
    values = {name: [row[name] or "" for row in rows] for name in names}
    return normalize_missing(
        pl.DataFrame(values, schema=dict.fromkeys(names, pl.String))
    )
