"""Tables as text: a CSV or Parquet file, or values typed on the command line."""

import sys
from pathlib import Path

import polars as pl

from .csv_text import check_names, read_csv
from .errors import ProjectError, SettingError
from .tools.processes import is_first

PENGUINS = Path(__file__).parent / "penguins.csv"
DATA = Path(__file__).parents[1] / "data"  # where `scaffold new` puts your table
MISSING = ["", "na", "n/a", "nan", "null", "?"]  # as tables write it


def note(text: str) -> None:
    """Tell the reader something, apart from the results, which may go to a file."""
    if is_first():
        print(f"note: {text}", file=sys.stderr)


def find_table(name: str) -> Path:
    """Return the path of a table: in data/, or else from where you are."""
    if not name:
        return PENGUINS
    path = next((path for path in (DATA / name, Path(name)) if path.is_file()), None)
    if path is None:
        raise SettingError(f"--data: no file {name!r} in {DATA}, and none from here")
    return path


def read_table(path: Path) -> pl.DataFrame:
    """Return a table with every value as text, and null where a value is missing.

    Raises ProjectError if the file is no such table.
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
        raise ProjectError(f"cannot read {path}: {error.strerror}") from error
    except pl.exceptions.PolarsError as error:
        reason, *_ = str(error).splitlines()
        raise ProjectError(f"{path} is no table of plain values: {reason}") from error
    if table.is_empty():
        raise ProjectError(f"{path} has no rows")
    return clean(table)


def clean(table: pl.DataFrame) -> pl.DataFrame:
    """Return the texts without spaces around them, and null for those in MISSING."""
    texts = pl.all().str.strip_chars()
    known = ~texts.str.to_lowercase().is_in(MISSING)
    return table.select(pl.when(known).then(texts))  # null where it is not known


def read_rows(source: Path | list[list[str]], names: list[str]) -> pl.DataFrame:
    """Return the columns `names` of a file, or of rows in just that order."""
    if isinstance(source, Path):
        table = read_table(source)
        if missing := [name for name in names if name not in table.columns]:
            raise ProjectError(f"{source} has no column {', '.join(missing)}")
        if extra := [name for name in table.columns if name not in names]:
            note(f"{source}: ignored {', '.join(extra)}")
        return table[names]
    for number, row in enumerate(source, 1):
        if len(row) != len(names):
            wanted = f"{len(names)} ({', '.join(names)})"
            raise ProjectError(f"input {number}: {len(row)} values instead of {wanted}")
    schema = dict.fromkeys(names, pl.String)
    return clean(pl.DataFrame(source, schema=schema, orient="row"))
