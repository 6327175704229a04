"""Read tables: CSV with any separator, also compressed; Parquet; Excel."""

import zlib
from hashlib import file_digest
from pathlib import Path

import polars as pl

from .csv_files import read_csv
from .names import to_names

PENGUINS = Path(__file__).parent / "penguins.csv"
DATA = Path(__file__).parents[1] / "data"  # `scaffold new` copies your table here
BAD_FILE = (OSError, EOFError, zlib.error)
FORMATS = "CSV, Parquet or Excel"


def find_table(name: str) -> Path:
    """Return the path of a table: in data/, or relative to the current folder."""
    if not name:
        return PENGUINS
    path = next((path for path in (DATA / name, Path(name)) if path.is_file()), None)
    if path is None:
        raise ValueError(f"--data: file not found: {name!r} (also not in {DATA})")
    return path


def fingerprint(path: Path) -> str:
    """Return a hash of the file, to notice that it has changed."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def read_table(path: Path) -> pl.DataFrame:
    """Return the columns of a table; those of a CSV file are text.

    Raises ValueError if the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(4)
        if magic == b"PAR1":
            table = pl.read_parquet(path, glob=False)
        elif magic == b"PK\3\4":
            table = read_excel(path)
        else:
            table = read_csv(path)
    except (pl.exceptions.PolarsError, ValueError, *BAD_FILE) as error:
        cause = str(error).partition("\n")[0]
        raise ValueError(f"cannot read {path} as {FORMATS}: {cause}") from error
    if table.is_empty():
        raise ValueError(f"{path} has no rows")
    return table.rename(dict(zip(table.columns, to_names(table.columns), strict=True)))


def read_excel(path: Path) -> pl.DataFrame:
    """Return the first sheet of an Excel file; raise ValueError if it is damaged."""
    try:
        return pl.read_excel(path, infer_schema_length=None)
    except ModuleNotFoundError as error:
        raise ValueError("to read Excel, pip install fastexcel") from error
    except Exception as error:  # fastexcel has errors of its own
        raise ValueError(str(error)) from error
