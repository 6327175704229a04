"""Dates and times: how they are written, and what they are in days."""

from datetime import date

import polars as pl

DATE_FORMS = [
    *("%Y%m%d", "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%d.%m.%y"),
    *("%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y", "%d/%m/%y", "%d-%m-%Y", "%m-%d-%Y"),
    *("%d-%m-%y", "%y-%m-%d", "%m-%d-%y", "%d-%B-%Y", "%d-%B-%y", "%B %d %Y"),
    *("%d %B %Y", "%a %d %B %Y", "%Y-%m", "%m/%Y", "%B %Y"),  # %B is January or Jan
]
COMPACT_DATE = r"^(19|20)\d{6}$"  # the form %Y%m%d
TIME = (
    r"^(.*?)[T ,]+([0-9]{1,2}):([0-5][0-9])(?::([0-5][0-9](?:[.,][0-9]+)?))?"
    r"\s*([AaPp])?\.?[Mm]?\.?\s*(?:Z|UTC|GMT|([+-][0-9]{2}):?([0-9]{2})?)?$"
)


def split_times(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return dates in texts such as 5/31/2024 1:30 PM, and times (UTC) in days."""
    groups = texts.str.extract_groups(TIME).struct.unnest()
    day, hour, minute, second, half, zone, zone_minute = groups
    day = day.zip_with(day.is_not_null(), texts).str.replace_all(",", "")
    hour = hour.cast(pl.Float64).fill_null(0)
    pm = half.str.to_lowercase() == "p"
    hour = hour.zip_with(half.is_null(), hour % 12 + 12 * pm.cast(pl.Float64))
    minutes = minute.cast(pl.Float64).fill_null(0) / 60
    seconds = second.str.replace(",", ".").cast(pl.Float64).fill_null(0)
    hours = hour + minutes + seconds / 3600
    more = (zone.str.head(1) + zone_minute).cast(pl.Float64).fill_null(0) / 60
    ahead = zone.cast(pl.Float64) + more
    return day, (hours.set(hours >= 24, None) - ahead.fill_null(0)) / 24


def read_dates(texts: pl.Series, form: str) -> pl.Series:
    """Return texts as dates; null where one has another form."""
    if form == "%Y%m%d":
        texts = texts.str.extract(r"^((?:19|20)\d{6})$")
    if "%d" not in form:  # the first day of a month
        texts, form = texts + " 1", form + " %d"
    dates = texts.str.to_date(form, strict=False)
    return dates.set(dates < date(1000, 1, 1), None)


def to_days(texts: pl.Series, form: str) -> pl.Series:
    """Return dates and times as days since 1970; null where a text has another form."""
    dates, times = split_times(texts)
    return read_dates(dates, form).cast(pl.Int32).cast(pl.Float64) + times


def find_date_forms(texts: pl.Series, plain: bool) -> list[str]:
    """Return in which forms all texts are dates; the usual one comes first.

    `plain`: all texts are numbers, such as 20240531.
    """
    forms = (DATE_FORMS[:1] if plain else DATE_FORMS) if len(texts) else []
    pattern = COMPACT_DATE if plain else r"\d"
    for rows in (texts.head(20), texts):  # most forms fail on a few rows
        if not forms or not rows.str.contains(pattern).all():
            return []
        dates, times = split_times(rows.unique(maintain_order=True))
        forms = [form for form in forms if not read_dates(dates, form).has_nulls()]
        forms = [] if times.has_nulls() else forms
    return forms
