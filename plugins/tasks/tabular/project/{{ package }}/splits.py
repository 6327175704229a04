"""Split the rows of a table into training, validation and test set."""

from typing import Any

import polars as pl
import torch
from sklearn import model_selection

from .config import Config
from .names import find_name

Table = dict[str, pl.Series]  # columns by name


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
