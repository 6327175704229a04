"""Select columns that are of use, and rows for training, validation and test."""

from typing import Any

import polars as pl
import torch
from sklearn import model_selection

from .amounts import Column
from .columns import ID_NAME
from .config import Config
from .names import find_name
from .preprocessing import MAX_CATEGORIES

Table = dict[str, pl.Series]  # columns by name
ROW_NAMES = ("column 1", "index", "unnamed: 0", "__index_level_0__", "rownames", "row")


def select_columns(
    raw: Table,
    table: Table,
    columns: dict[str, Column],
    dropped: list[str],
    train: list,
) -> tuple[list[Column], list[list]]:
    """Return the useful columns, and a row of the report for every column."""
    used, report = [], []
    for name, column in columns.items():
        values, kind = table[name], column["kind"]
        reason = "--drop" if name in dropped else ""
        reason = reason or drop_reason(values, raw[name], kind, train)
        known, missing = raw[name].filter(values.is_not_null()), values.null_count()
        example = str(known[0]) if len(known) else ""
        form = f" {column['form']}" if kind == "date" else ""
        note = column.get("note", "")
        if reason:
            note = f"dropped: {reason}" + (f", {note}" if note else "")
        elif not note and kind == "category" and known.n_unique() > MAX_CATEGORIES:
            note = (
                f"{known.n_unique()} values; the {MAX_CATEGORIES} most frequent count"
            )
        report.append([name, kind + form, example, missing, note])
        used += [] if reason else [column]
    if not used:
        some = "; ".join(f"{row[0]} is {row[-1]}" for row in report[:9])
        raise ValueError(f"no input columns are left{some and ': '}{some}")
    return used, report


def drop_reason(values: pl.Series, raw: pl.Series, kind: str, train: list[int]) -> str:
    """Return why a column is of no use, or ""."""
    used, name = values[train].drop_nulls(), values.name
    if used.is_empty():
        return "all values missing"
    is_id = ID_NAME.search(name) and kind in ("number", "category")
    is_index = name.lower() in ROW_NAMES and kind == "number"
    # why: as numbers, ids of more than 15 digits are not unique.
    if (is_id or is_index) and not raw.has_nulls() and raw.is_unique().all():
        if is_id:
            return "identifier"
        if values.max() - values.min() + 1 == len(values) and (values % 1 == 0).all():
            return "row number"
    if used.min() == used.max() and len(used) == len(train):
        return "constant"  # without missing values
    if kind == "text" and not used.str.contains(r"[\p{L}\p{N}]{2}").any():
        return "no words"
    unique = kind == "category" and used.is_unique().all()
    return "no value occurs twice" if unique else ""


def split_rows(target: pl.Series, table: Table, config: Config) -> list[list[int]]:
    """Return the rows of training, validation and test set.

    Rows with a missing target are in none of them.
    """
    rows = target.is_not_null().arg_true()
    y, groups = target[rows], None
    if config.order_by and config.group_by:
        raise ValueError("--order-by and --group-by cannot be combined")
    if config.order_by:
        order = table[find_name(config.order_by, table, "--order-by")][rows]
        if order.dtype == pl.String:
            raise ValueError(
                f"--order-by: {order.name} is no number or date; see --read-as"
            )
        rows = rows[order.arg_sort()]
        stops = [len(rows) * 6 // 10, len(rows) * 8 // 10]
        return [part.tolist() for part in torch.tensor(rows).tensor_split(stops)]
    kind: Any = model_selection.KFold
    if config.group_by:
        groups = table[find_name(config.group_by, table, "--group-by")][rows]
        groups = groups.rank("dense").fill_null(0).to_numpy()
        kind = model_selection.GroupKFold
    # {% if family != "regression" %}
    elif y.value_counts()["count"].min() >= 5:
        # why: stratified: the same class proportions in each set.
        kind = model_selection.StratifiedKFold
    # {% endif %}
    splitter = kind(5, shuffle=True, random_state=config.data_seed)
    test, validation, *train = (
        rows[fold].to_list() for _, fold in splitter.split(rows, y, groups)
    )
    return [sorted(row for fold in train for row in fold), validation, test]
