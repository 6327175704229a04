"""Preprocess columns: transform the rows of any table."""

import sys
from math import tau

import polars as pl
import torch
from sklearn.feature_extraction.text import TfidfVectorizer
from torch import Tensor
from torch.nn.functional import one_hot

from .values import Column

Table = dict[str, pl.Series]
CLIP_STD = 1e4  # larger z-scores are clipped


def transform(table: Table, columns: list[Column]) -> Tensor:
    """Return columns of a table as float32: (N, sum of their widths)."""
    widths = [column["width"] for column in columns]
    x = torch.empty(len(table[columns[0]["name"]]), sum(widths))
    for column, part in zip(columns, x.split(widths, dim=1), strict=True):
        part.copy_(transform_column(table[column["name"]], column))
    return x


def transform_column(values: pl.Series, column: Column) -> Tensor:
    """Return the inputs of one column: (N, its width)."""
    if column["kind"] == "category":
        # why: the last input is for missing, rare and unseen categories; without rare
        # ones in the training set it would never be trained.
        index = {name: number for number, name in enumerate(column["categories"])}
        numbers = values.replace_strict(
            index, default=len(index), return_dtype=pl.Int64
        ).fill_null(len(index))
        return one_hot(torch.tensor(numbers.to_numpy()), len(index) + 1)
    if column["kind"] == "text":
        vectorizer = TfidfVectorizer(vocabulary=column["words"])
        vectorizer.idf_ = torch.tensor(column["idf"], dtype=torch.float64).numpy()
        words = vectorizer.transform(values.fill_null("").to_list())
        return torch.tensor(words.toarray())
    scaled = ((values - column["mean"]) / column["std"]).clip(-CLIP_STD, CLIP_STD)
    # why: mean imputation (0 after scaling) and a missing indicator, as it may matter
    # that a value is missing.
    inputs = [scaled, values.is_null()] if column["missing"] else [scaled]
    if column["kind"] == "date":
        # why: a year and a week are circles: 31 December is close to 1 January.
        turns = [values / 365.2425, values / 7, *([values] if column["timed"] else [])]
        inputs += [
            wave for turn in turns for wave in ((turn * tau).sin(), (turn * tau).cos())
        ]
    arrays = [series.cast(pl.Float32).fill_null(0).to_numpy() for series in inputs]
    return torch.stack([torch.tensor(array) for array in arrays], dim=1)


def check_values(table: Table, columns: list[Column]) -> None:
    """Print a note on values that training had not, or had only once."""
    for column in columns:
        values, note = table[column["name"]], ""
        if column["kind"] == "category":
            rare = values.filter(~values.is_in(column["categories"])).drop_nulls()
            if len(rare):
                note = f"{rare[0]!r} not seen in training, or once; {len(rare)} rows"
        elif "mean" in column and not column["missing"] and values.has_nulls():
            note = f"missing in {values.null_count()} rows; the mean is used"
        if note:
            print(f"note: {column['name']}: {note}", file=sys.stderr)
