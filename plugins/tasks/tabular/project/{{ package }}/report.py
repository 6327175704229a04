"""Report what the columns of the table hold."""

from pathlib import Path

from tyro.conf import OmitArgPrefixes

from .config import Config

HEADER = ["column", "read as", "example", "missing", ""]
# {% if family != "regression" %}
UNBALANCED = 0.9  # share of a class
# {% endif %}
MAX_SHOWN = 100  # columns; the run's columns.txt has all


def columns(config: OmitArgPrefixes[Config]) -> None:
    """Show what each column of the table is read as, and why some are dropped."""
    from . import data  # imported here, so that --help need not load torch

    print(to_table([HEADER, *data.make_datasets(config)[-1]["report"]]))


def save_columns(run: Path, data_info: dict) -> None:
    """Print what the columns are, and write it to columns.txt."""
    rows = [HEADER, *data_info["report"]]
    (run / "columns.txt").write_text(to_table(rows) + "\n", encoding="utf-8")
    print(to_table(rows[: MAX_SHOWN + 1]))
    if len(rows) > MAX_SHOWN + 1:
        print(f"... {len(rows) - 1} columns, see {run / 'columns.txt'}")
    # {% if family != "regression" %}
    most, name = max(zip(data_info["counts"], data_info["classes"], strict=True))
    share = most / sum(data_info["counts"])
    if share > UNBALANCED:
        print(f"note: {share:.0%} of the rows are {name!r}; see --class-weights")
    # {% endif %}


def to_table(rows: list[list]) -> str:
    """Return rows as lines of text, in columns."""
    texts = [[" ".join(str(value).split())[:40] for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    lines = [map(str.ljust, row, widths) for row in texts]
    return "\n".join("  ".join(line).rstrip() for line in lines)
