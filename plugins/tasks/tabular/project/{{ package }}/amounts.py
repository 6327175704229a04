"""How numbers are written, and what they are."""

from typing import Any

import polars as pl

Column = dict[str, Any]  # name, kind, and how its values are written: plain data
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


def all_match(texts: pl.Series, pattern: str) -> bool:
    """Return whether there are texts, and all match; most patterns fail on a few."""
    parts = (texts.head(20), texts)
    return len(texts) > 0 and all(part.str.contains(pattern).all() for part in parts)


def number_readings(texts: pl.Series, plain: bool) -> list[Column]:
    """Return in which forms all texts are numbers; `plain`: all are as -1.5e3."""
    unit, form, digits = {"before": "", "after": ""}, {"kind": "number"}, texts
    if not plain:
        if not all_match(texts, NUMBER):
            return []
        _, before, digits, after = texts.str.extract_groups(NUMBER).struct.unnest()
        if before.n_unique() > 1 or after.n_unique() > 1:
            return []
        unit = {"before": before[0] or "", "after": after[0] or ""}
    found = []
    marked = not all_match(digits, r"^[^.,]+$")
    long = texts[:0] if plain else texts.filter(digits.str.contains("[eE]|.{31}"))
    for mark, digit_form in DIGITS.items():
        sure = plain and mark == "."
        if sure or all_match(digits, digit_form):
            # why: a decimal mark says which marks separate thousands.
            grouped = not sure and (marked or digits.str.contains(GROUP[mark]).any())
            reading = {**form, **unit, "form": mark, "grouped": grouped}
            small = (to_numbers(long, reading).abs() <= LARGEST).all()
            found += [reading] if small else []
    return [{**other, "marked": marked} for other in found[: 2 if marked else 1]]
