"""Load the table, split it into three sets, and preprocess its columns."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl
from torch import Tensor
from torch.utils.data import TensorDataset

from .amounts import PLAIN, Column
from .columns import infer_columns
from .config import Config
from .csv_files import parse_csv
from .names import find_name, parse_items, split_list, to_name
from .preprocessing import fit_transform, transform
from .selection import select_columns, split_rows
from .table import find_table, fingerprint, read_table
from .target import encode_target, fit_target, read_target
from .values import clean, parse

Datasets = tuple[TensorDataset, TensorDataset, TensorDataset, dict]


def make_datasets(config: Config) -> Datasets:
    """Return training, validation and test set (60:20:20), and data info."""
    try:
        return split_table(config)
    except ValueError as error:
        raise SystemExit(f"error: {error}") from error


def split_table(config: Config) -> Datasets:
    """Read, split and preprocess the table; raise ValueError if it cannot be used."""
    ### BEGIN SOLUTION: data
    path = find_table(config.data)
    raw = {values.name: clean(values) for values in read_table(path)}
    wanted = parse_items(config.read_as, raw, "--read-as")
    dropped = [find_name(name, raw, "--drop") for name in split_list(config.drop)]
    columns = {c["name"]: c for c in infer_columns(list(raw.values()), wanted)}
    name = find_name(config.target, raw, "--target")
    target = read_target(raw[name], columns.pop(name))
    table = {name: parse(raw[name], column) for name, column in columns.items()}

    # why: the validation set chooses the best epoch, so that the test set stays unused
    # until the end and gives an unbiased estimate of the error.
    splits = split_rows(target, table, config)
    data_info = fit_target(target, splits[0])
    y = encode_target(target, data_info)
    used, report = select_columns(raw, table, columns, dropped, splits[0])
    del raw  # the texts of a large table take much memory
    x, fitted = fit_transform(table, used, splits[0])  # (N, width) float32
    data_info |= {
        "inputs": {
            row[0]: row[2] for row in report if not row[4].startswith("dropped")
        },
        "columns": used,
        **fitted,
        "target": name,
        "fingerprint": fingerprint(path),
        "report": report,
    }
    train, validation, test = (TensorDataset(x[rows], y[rows]) for rows in splits)
    return train, validation, test, data_info
    ### END SOLUTION


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a table for `encode_inputs`; exit if it cannot be read."""
    try:
        return read_table(path).to_dicts()
    except ValueError as error:
        raise SystemExit(f"error: {error}") from error


def parse_rows(lines: Iterable[str]) -> list[dict[str, Any]]:
    """Return the rows of CSV text for `encode_inputs`; ValueError if it is invalid."""
    return parse_csv(lines).to_dicts()


def encode_inputs(rows: list[dict[str, Any]], data_info: dict) -> Tensor:
    """Return rows, given by column name, preprocessed like the training set."""
    rows = [{to_name(name): value for name, value in row.items()} for row in rows]
    columns = data_info["columns"]
    if missing := [c["name"] for c in columns if any(c["name"] not in r for r in rows)]:
        raise ValueError(f"missing columns: {', '.join(missing)}")
    table = {}
    for column in columns:
        values = to_series([row[column["name"]] for row in rows], column)
        table[column["name"]] = parse(clean(values), column)
    return transform(table, data_info)


def to_series(values: list, column: Column) -> pl.Series:
    """Return values, such as those of JSON, in the type that Parquet has for them."""
    try:
        return pl.Series(column["name"], values)
    except (TypeError, OverflowError):  # of several types
        texts = [to_text(value, column) for value in values]
        return pl.Series(column["name"], texts, pl.String)


def to_text(value: Any, column: Column = PLAIN) -> str:
    """Return a value, such as one of JSON, as a table with this column has it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        column = PLAIN | column
        digits = str(value).removesuffix(".0").replace(".", column["form"])
        return column["before"] + digits + column["after"]
    return "" if value is None else str(value)
