"""What each column holds: numbers, booleans, dates, categories or text."""

import re

import polars as pl

from .amounts import LARGEST, PLAIN, Column, all_match, are_plain, number_readings
from .dates import find_date_forms
from .values import MARKS

ID_NAME = re.compile(r"(?i:^(row[ _]?)?(id|uuid|guid)$|[ _.-]id$)|[a-z]I[Dd]$")
CODE = r"^0[0-9]+$"  # such as the zip code 01234, which is no number


def infer_columns(table: list[pl.Series], wanted: dict[str, str]) -> list[Column]:
    """Return what each column holds; `wanted` has what the user says, by name."""
    columns = [infer_column(values, wanted.get(values.name, "")) for values in table]
    # why: 1,234 alone does not say what its comma means, but other columns may.
    sure = {c["form"] for c in columns if c.get("marked") and not c["other"]}
    for values, column in zip(table, columns, strict=True):
        is_id = ID_NAME.search(values.name) and column["kind"] in ("number", "category")
        if is_id and values.n_unique() < len(values) and values.name not in wanted:
            note = "its rows may be in several sets, see --group-by"
            column |= {"kind": "category", "note": note}
        for other in column.pop("other", []):
            if column["kind"] == "number" and sure == {other["form"]}:
                column |= other
            elif column["name"] not in wanted and needs_note(column, sure):
                column["note"] = f"could also be a {other['kind']}, {other['form']}"
        if "%y" in column.get("form", ""):
            column.setdefault("note", "years are from 1969 to 2068")
    return columns


def needs_note(column: Column, sure: set[str]) -> bool:
    """Return whether a user should decide between the readings of a column."""
    plain = (
        column["kind"] == "number" and not column["grouped"] and column["form"] == "."
    )
    return not plain and column["form"] != "%Y%m%d" and sure != {column["form"]}


def infer_column(values: pl.Series, wanted: str = "") -> Column:
    """Return kind and form of the values of a column, which are clean.

    `wanted` is a kind, "comma" for numbers with decimal commas, or the form of a date.
    A column that has several readings has the next one in `other`.
    """
    column: Column = {"name": values.name, "kind": wanted}
    if wanted in ("category", "text"):
        return column
    known = values.drop_nulls()
    plain = are_plain(known)
    if known.dtype.is_numeric():
        may_be_dates = (known.min() or 0) >= 1900_00_00
        if plain and wanted in ("", "number") and not may_be_dates:
            return {**column, "kind": "number", **PLAIN, "other": []}
        known = known.cast(pl.String).str.replace(r"\.0$", "")
    if not plain:
        known = known.filter(~known.str.to_lowercase().is_in(MARKS))
        plain = are_plain(known)
    if not wanted and all_match(known, "^(true|false)$"):
        return {**column, "kind": "boolean"}
    zeros = known.filter(known.is_between("00", "0:", closed="left"))
    if not wanted and zeros.str.contains(CODE).any():
        return {**column, **infer_texts(values)}
    found = [
        reading
        for reading in find_readings(known, plain)
        if wanted in ("", reading["kind"], reading["form"])
        or (wanted, reading["form"]) == ("comma", ",")
    ]
    if not found and wanted:
        raise ValueError(f"--read-as: {values.name} has values that are not {wanted}")
    if found:
        return {**column, **found[0], "other": found[1:2]}
    return {**column, **infer_texts(values)}


def infer_texts(values: pl.Series) -> Column:
    """Return the kind of texts, and a note if most of them are numbers."""
    texts = values.cast(pl.String).drop_nulls()
    words = (texts.str.count_matches(r"\s+").mean() or 0) + 1
    is_text = words >= 3 and texts.n_unique() > len(texts) / 2
    column: Column = {"kind": "text" if is_text else "category"}
    odd = odd_row(values)
    if odd is not None:
        column["note"] = f"because of {values[odd]!r} in row {odd + 1}"
    return column


def odd_row(values: pl.Series) -> int | None:
    """Return the first row that is no number or date, if more than half of them are."""
    texts = values.cast(pl.String)
    numbers = (texts.cast(pl.Float64, strict=False).abs() <= LARGEST).fill_null(False)
    for fits in (numbers, texts.str.contains("[0-9]").fill_null(False)):
        odd = texts.is_not_null() & ~fits
        mostly = fits.sum() > texts.count() / 2 and odd.any()
        if mostly and find_readings(texts.filter(fits), fits is numbers):
            return odd.arg_max()
    return None


def find_readings(texts: pl.Series, plain: bool) -> list[Column]:
    """Return how all texts can be read as dates or numbers; `plain`: as -1.5e3."""
    dates = [{"kind": "date", "form": form} for form in find_date_forms(texts, plain)]
    return [*dates, *number_readings(texts, plain)]
