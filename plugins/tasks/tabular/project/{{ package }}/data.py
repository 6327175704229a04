"""The table: read, split, turned into numbers, and read again for predictions."""

from pathlib import Path

from torch import Tensor

from .columns import kinds_of, to_values
from .config import Config
from .contract import Data, Split, State
from .encoding import encode, examples, fit
from .parts import split_rows
from .table import find_table, read_rows, read_table
from .target import describe_target, encode_target, take_target


def load_data(config: Config) -> Data:
    """Return the table in three parts: for training, choosing and testing."""
    ### BEGIN SOLUTION: data
    texts = read_table(find_table(config.data))  # null where a value is missing
    target = take_target(texts, config.target)
    y = encode_target(target)
    # why: the validation part chooses the best epoch. Choosing is learning, so that the
    # test part must stay out of it, or its score would flatter the model.
    train, validation, test = split_rows(y, config.data_seed)

    inputs = texts[[name for name in texts.columns if name != target.name]]
    kinds = kinds_of(inputs)
    values = to_values(inputs, kinds)
    columns = fit(values, kinds, train)
    x = encode(values, columns)  # (N, width) float32
    state: State = {
        "inputs": examples(inputs, columns),
        "columns": columns,
        "width": x.shape[1],
        "target": target.name,
        **describe_target(target, y[train]),
    }
    parts = [Split(x[rows], y[rows]) for rows in (train, test, validation)]
    return Data(*parts, state)
    ### END SOLUTION


def read_inputs(source: Path | list[list[str]], state: State) -> Tensor:
    """Return rows of a table file, or of the command line, encoded like `x`."""
    texts = read_rows(source, list(state["inputs"]))
    kinds = {column["name"]: column["kind"] for column in state["columns"]}
    return encode(to_values(texts, kinds), state["columns"])
