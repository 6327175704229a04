"""Select columns that are of use, and rows for training, validation and test."""

from typing import Any

import polars as pl
import torch
from sklearn import model_selection

from .columns import ID_NAME
from .config import Config
from .names import find_name
from .values import Column

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
        reason = "--drop" if name in dropped else drop_reason(values, kind, train)
        known, missing = raw[name].filter(values.is_not_null()), values.null_count()
        example = str(known[0]) if len(known) else ""
        form = f" {column['form']}" if kind == "date" else ""
        note = f"dropped: {reason}" if reason else column.get("note", "")
        report.append([name, kind + form, example, missing, note])
        used += [] if reason else [column]
    if not used:
        raise ValueError("no input columns are left; add some to the table")
    return used, report


def drop_reason(values: pl.Series, kind: str, train: list[int]) -> str:
    """Return why a column is of no use, or ""."""
    used, name = values[train].drop_nulls(), values.name
    if used.min() == used.max():
        return "constant" if values.count() else "all values missing"
    if kind == "text":
        return "" if used.str.contains(r"\w\w").any() else "no words"
    is_id = ID_NAME.search(name) and kind in ("number", "category")
    is_index = name.lower() in ROW_NAMES and kind == "number"
    if (is_id or is_index) and not values.has_nulls() and values.is_unique().all():
        if is_id:
            return "identifier"
        if values.max() - values.min() + 1 == len(values) and (values % 1 == 0).all():
            return "row number"
    unique = kind == "category" and used.is_unique().all()
    return "no value occurs twice" if unique else ""


def split_rows(target: pl.Series, table: Table, config: Config) -> list[list[int]]:
    """Return the rows of training, validation and test set.

    Rows with a missing target are in none of them.
    """
    rows = target.is_not_null().arg_true()
    y, groups = target[rows], None
    if config.order_by:
        order = table[find_name(config.order_by, table, "--order-by")][rows]
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
