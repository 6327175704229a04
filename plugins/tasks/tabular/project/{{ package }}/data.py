"""Load the table, split it into three sets, and preprocess its columns."""

import torch
from torch import Tensor
from torch.utils.data import TensorDataset

from .config import Config
from .preprocessing import example_row, fit, transform
from .schema import cast_columns, infer_dtypes, select_columns
from .table import read_table, resolve_data_path
from .target import encode_target, extract_target, target_info

# 60:20:20 within each class: 0 training, 1 validation, 2 test. The first example of a
# class is in the training set, so that no class is unknown to the model.
SPLIT_PATTERN = torch.tensor([0, 2, 1, 0, 0])


def make_datasets(
    config: Config,
) -> tuple[TensorDataset, TensorDataset, TensorDataset, dict]:
    """Return training, validation and test set (60:20:20), and data info."""
    try:
        return split_table(config)
    except ValueError as error:
        raise SystemExit(f"error: {error}") from error


def split_table(
    config: Config,
) -> tuple[TensorDataset, TensorDataset, TensorDataset, dict]:
    """Read, split and preprocess the table; raise ValueError if it cannot be used."""
    ### BEGIN SOLUTION: data
    table = read_table(resolve_data_path(config.data))  # all text, null if missing
    target = extract_target(table, config.target)
    y = encode_target(target)
    # why: the validation set chooses the best epoch, so that the test set stays unused
    # until the end and gives an unbiased estimate of the error.
    train, validation, test = split_rows(y, config.data_seed)

    inputs = table[[name for name in table.columns if name != target.name]]
    dtypes = infer_dtypes(inputs)
    values = cast_columns(inputs, dtypes)
    columns = fit(values, dtypes, train)
    x = transform(values, columns)  # (N, width) float32
    data_info = {
        "inputs": example_row(inputs, columns),
        "columns": columns,
        "width": x.shape[1],
        "target": target.name,
        **target_info(target, y[train]),
    }
    sets = [TensorDataset(x[rows], y[rows]) for rows in (train, validation, test)]
    return sets[0], sets[1], sets[2], data_info
    ### END SOLUTION


def split_rows(y: Tensor, seed: int) -> list[list[int]]:
    """Return the row indices of training, validation and test set.

    Rows with a missing target are in none of them.
    """
    # {% if family == "regression" %}
    groups = y.squeeze(dim=1).isfinite().long() - 1  # 0, or -1 where missing
    # {% else %}
    groups = y.long()  # stratified: the same class proportions in each set
    # {% endif %}
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(groups), generator=generator)
    order = order[groups[order] >= 0]
    order = order[groups[order].argsort(stable=True)]  # shuffled, group by group
    counts = groups[order].bincount()
    first = (counts.cumsum(dim=0) - counts)[groups[order]]  # where the group begins
    positions = (torch.arange(len(order)) - first) % len(SPLIT_PATTERN)
    splits = [
        order[SPLIT_PATTERN[positions] == number].sort().values.tolist()
        for number in range(3)
    ]
    if not all(splits):
        raise ValueError("too few rows of each class for a validation and a test set")
    return splits


def encode_inputs(rows: list[dict[str, str]], data_info: dict) -> Tensor:
    """Return rows, given by column name, preprocessed like the training set."""
    dtypes = {column["name"]: column["kind"] for column in data_info["columns"]}
    table = select_columns(rows, list(data_info["inputs"]))
    return transform(cast_columns(table, dtypes), data_info["columns"])
