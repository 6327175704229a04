"""Load the table, split it into three sets, and preprocess its columns."""

from torch import Tensor
from torch.utils.data import TensorDataset

from .config import Config
from .preprocessing import example_row, fit, transform
from .schema import cast_columns, infer_dtypes
from .split import split_rows
from .table import read_table, resolve_data_path, select_columns
from .target import encode_target, extract_target, target_info


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


def encode_inputs(rows: list[dict[str, str]], data_info: dict) -> Tensor:
    """Return rows, given by column name, preprocessed like the training set."""
    dtypes = {column["name"]: column["kind"] for column in data_info["columns"]}
    table = select_columns(rows, list(data_info["inputs"]))
    return transform(cast_columns(table, dtypes), data_info["columns"])
