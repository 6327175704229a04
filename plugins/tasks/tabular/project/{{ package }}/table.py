"""Read tables as text: CSV or Parquet files."""

import sys
from pathlib import Path

import polars as pl

from .csv_reader import check_names, read_csv

PENGUINS = Path(__file__).parent / "penguins.csv"
DATA = Path(__file__).parents[1] / "data"  # `scaffold new` copies your table here
MISSING = ["", "na", "n/a", "nan", "null", "?"]


def warn(text: str) -> None:
    """Print a warning to stderr, since the results may go to a file."""
    print(f"warning: {text}", file=sys.stderr)


def resolve_data_path(name: str) -> Path:
    """Return the path of a table: in data/, or relative to the current folder."""
    if not name:
        return PENGUINS
    path = next((path for path in (DATA / name, Path(name)) if path.is_file()), None)
    if path is None:
        raise ValueError(
            f"--data: file not found: {name!r}, neither in {DATA} nor here"
        )
    return path


def read_table(path: Path) -> pl.DataFrame:
    """Return a table with all values as text, and null for missing ones.

    Raises ValueError if the file is no such table.
    """
    try:
        with path.open("rb") as file:
            parquet = file.read(4) == b"PAR1"
        if parquet:
            table = pl.read_parquet(path).select(pl.all().cast(pl.String))
            check_names(path, table.columns)
        else:
            table = read_csv(path)
    except OSError as error:
        raise ValueError(f"cannot read {path}: {error.strerror}") from error
    except pl.exceptions.PolarsError as error:
        reason, *_ = str(error).splitlines()
        raise ValueError(f"{path} cannot be read as a table: {reason}") from error
    if table.is_empty():
        raise ValueError(f"{path} has no rows")
    return normalize_missing(table)


def normalize_missing(table: pl.DataFrame) -> pl.DataFrame:
    """Return the values without surrounding spaces, and null for those in MISSING."""
    texts = pl.all().str.strip_chars()
    known = ~texts.str.to_lowercase().is_in(MISSING)
    return table.select(pl.when(known).then(texts))


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
