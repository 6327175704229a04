"""Preprocess columns: fit on the training set, transform any rows."""

import polars as pl
import torch
from torch import Tensor

from .table import warn

Column = dict[str, str | float | bool | list[str]]  # fitted parameters, as JSON
MAX_CATEGORIES = 100  # of a column; rarer ones share the last input
CLIP_STD = 10.0  # larger z-scores are clipped


# why: fitted on the training set only. Statistics of the other sets would leak
# information about them into training.
def fit(table: pl.DataFrame, kinds: dict[str, str], rows: list[int]) -> list[Column]:
    """Return the parameters to transform each useful column, fitted on `rows`."""
    columns: list[Column] = []
    useless: dict[str, list[str]] = {}
    for name, kind in kinds.items():
        values = table[name][rows]
        reason = drop_reason(values)
        only = kind != "category" and len(kinds) == 1  # the only input there is
        if not reason and not only and looks_like_id(values, kind, rows):
            reason = "ID-like: different in almost every row"
        if reason:
            useless.setdefault(reason, []).append(name)
        else:
            columns.append(fit_column(values, kind))
    for reason, names in useless.items():
        warn(f"dropped columns, {reason}: {', '.join(names)}")
    if not columns:
        raise ValueError("no input columns are left; add some to the table")
    return columns


def fit_column(values: pl.Series, kind: str) -> Column:
    """Return the parameters to transform one column."""
    column = {"name": values.name, "kind": kind}
    if kind == "category":
        return {**column, "categories": frequent_categories(values)[:MAX_CATEGORIES]}
    # why: a constant column has standard deviation 0; divide by 1 instead.
    scale = {"mean": values.mean(), "std": values.std() or 1.0}
    return {**column, **scale, "missing": values.null_count() > 0}


def frequent_categories(values: pl.Series) -> list[str]:
    """Return the categories that occur at least twice, the most frequent first."""
    counts = values.drop_nulls().value_counts()
    rows = sorted(counts.iter_rows(), key=lambda row: (-row[1], row[0]))
    return [text for text, count in rows if count > 1]


def drop_reason(values: pl.Series) -> str:
    """Return why a column is dropped, or ""."""
    if values.null_count() == len(values):
        return "all values missing"
    return "constant" if values.n_unique() == 1 else ""


def looks_like_id(values: pl.Series, kind: str, rows: list[int]) -> bool:
    """Return whether a column only identifies rows, such as an order number."""
    if kind == "category":
        known = values.drop_nulls()
        return known.is_unique().sum() > len(known) / 2
    named = values.name.lower() == "id" or values.name.endswith(("_id", "Id", "ID"))
    # why: distinct numbers are good inputs, unless they count the rows.
    counted = (values - pl.Series(rows)).n_unique() == 1
    return kind == "number" and values.is_unique().all() and (named or counted)


def transform(table: pl.DataFrame, columns: list[Column]) -> Tensor:
    """Return the rows of a table as float32: (N, number of inputs)."""
    return torch.cat([transform_column(table[c["name"]], c) for c in columns], dim=1)


def transform_column(values: pl.Series, column: Column) -> Tensor:
    """Return (N, 1), (N, 2) with missing indicator, or one-hot (N, categories + 1)."""
    if "categories" in column:
        # why: the last input is for missing, rare and unseen categories; without rare
        # ones in the training set it would never be trained.
        index = {text: number for number, text in enumerate(column["categories"])}
        numbers = torch.tensor([index.get(text, len(index)) for text in values])
        return torch.nn.functional.one_hot(numbers, len(index) + 1).float()
    scaled = ((values - column["mean"]) / column["std"]).clip(-CLIP_STD, CLIP_STD)
    # why: mean imputation (0 after scaling) and a missing indicator, as it may matter
    # that a value is missing.
    inputs = [scaled.fill_null(0.0)]
    if column["missing"]:
        inputs.append(values.is_null())
    arrays = [series.cast(pl.Float32).to_numpy() for series in inputs]
    return torch.stack([torch.tensor(array) for array in arrays], dim=1)


def example_row(texts: pl.DataFrame, columns: list[Column]) -> dict[str, str]:
    """Return an example value for each column."""
    names = [column["name"] for column in columns]
    return {name: texts[name].drop_nulls()[0] for name in names}
