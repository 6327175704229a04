"""From the values of a table to inputs of a model: fitted once, applied to any rows."""

import polars as pl
import torch
from torch import Tensor

from .errors import ProjectError
from .table import note

Column = dict[str, str | float | bool | list[str]]  # what was fitted: plain data
MOST = 100  # categories of a column that get an input of their own
FAR = 10.0  # standard deviations; values further out count as this far


# why: only training rows are looked at. Means that know the test rows would tell the
# model something about them, and its score there would promise too much.
def fit(table: pl.DataFrame, kinds: dict[str, str], rows: list[int]) -> list[Column]:
    """Return how to encode each useful column, by the training `rows` of a table."""
    columns: list[Column] = []
    useless: dict[str, list[str]] = {}
    for name, kind in kinds.items():
        values = table[name][rows]
        reason = why_useless(values)
        only = kind != "category" and len(kinds) == 1  # the only input there is
        if not reason and not only and is_identifier(values, kind, rows):
            reason = "different in almost every row, like an identifier"
        if reason:
            useless.setdefault(reason, []).append(name)
        else:
            columns.append(fit_column(values, kind))
    for reason, names in useless.items():
        note(f"left out, {reason}: {', '.join(names)}")
    if not columns:
        raise ProjectError("no column is left to learn from; add some to the table")
    return columns


def fit_column(values: pl.Series, kind: str) -> Column:
    """Return how to encode one column."""
    column = {"name": values.name, "kind": kind}
    if kind == "category":
        return {**column, "categories": frequent(values)[:MOST]}
    # why: a column that is the same everywhere deviates by 0, and is divided by 1.
    scale = {"mean": values.mean(), "std": values.std() or 1.0}
    return {**column, **scale, "missing": values.null_count() > 0}


def frequent(values: pl.Series) -> list[str]:
    """Return the texts that occur twice or more, the most frequent first."""
    counts = values.drop_nulls().value_counts()
    rows = sorted(counts.iter_rows(), key=lambda row: (-row[1], row[0]))
    return [text for text, count in rows if count > 1]


def why_useless(values: pl.Series) -> str:
    """Return why nothing can be learned from a column, or ""."""
    if values.null_count() == len(values):
        return "no value in any row"
    return "the same in every row" if values.n_unique() == 1 else ""


def is_identifier(values: pl.Series, kind: str, rows: list[int]) -> bool:
    """Return whether a column only tells rows apart, as the number of an order does."""
    if kind == "category":
        known = values.drop_nulls()
        return known.is_unique().sum() > len(known) / 2
    named = values.name.lower() == "id" or values.name.endswith(("_id", "Id", "ID"))
    # why: numbers that differ in each row are good inputs, unless they count the rows.
    counted = (values - pl.Series(rows)).n_unique() == 1
    return kind == "number" and values.is_unique().all() and (named or counted)


def encode(table: pl.DataFrame, columns: list[Column]) -> Tensor:
    """Return the rows of a table as float32: (N, number of inputs)."""
    return torch.cat([encode_column(table[c["name"]], c) for c in columns], dim=1)


def encode_column(values: pl.Series, column: Column) -> Tensor:
    """Return one column as float32: (N, 1), with an indicator (N, 2), or one-hot."""
    if "categories" in column:
        # why: a last slot for texts that training has not seen, or once only, and for
        # missing ones; without the rare ones in it, it would never be trained.
        slots = {text: number for number, text in enumerate(column["categories"])}
        numbers = torch.tensor([slots.get(text, len(slots)) for text in values])
        return torch.nn.functional.one_hot(numbers, len(slots) + 1).float()
    scaled = ((values - column["mean"]) / column["std"]).clip(-FAR, FAR)
    # why: a missing number becomes the mean, 0; an input beside it says that it was
    # missing, since that alone may mean something.
    inputs = [scaled.fill_null(0.0)]
    if column["missing"]:
        inputs.append(values.is_null())
    arrays = [series.cast(pl.Float32).to_numpy() for series in inputs]
    return torch.stack([torch.tensor(array) for array in arrays], dim=1)


def examples(texts: pl.DataFrame, columns: list[Column]) -> dict[str, str]:
    """Return the first text of each column that is not missing."""
    names = [column["name"] for column in columns]
    return {name: texts[name].drop_nulls()[0] for name in names}
