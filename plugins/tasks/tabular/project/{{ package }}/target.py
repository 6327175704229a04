"""The target column: check it and encode it."""

import polars as pl
import torch
from torch import Tensor

from .amounts import Column
from .values import parse

MIN_ROWS = 10
MAX_CLASSES = 20  # more distinct numbers are a regression target


def read_target(values: pl.Series, column: Column) -> pl.Series:
    """Return the target as numbers or class names, null if missing.

    Raises ValueError if it does not suit the family of this project.
    """
    known, name = values.drop_nulls(), values.name
    if len(known) < MIN_ROWS:
        raise ValueError(f"{len(known)} rows with {name}; at least {MIN_ROWS} needed")
    if known.n_unique() == 1:
        raise ValueError(f"--target {name} is {str(known[0])!r} in every row")
    family = infer_family(known, column)
    # {% if family == "regression" %}
    if column["kind"] != "number" and "note" in column:
        raise ValueError(f"--target {name} is not a number {column['note']}")
    if column["kind"] != "number":
        raise wrong_family(name, family, "has texts, not numbers")
    if family == "binary":
        raise wrong_family(name, family, "has only two different values")
    return parse(values, column)
    # {% else %}
    names = parse(values, {**column, "kind": "category"})
    different = names.n_unique() - names.has_nulls()
    # {% if family == "binary" %}
    if different != 2:
        what = f"has {different} different values, not two"
        raise wrong_family(name, family, what)
    # {% else %}
    if family == "regression":
        what = f"has {different} different numbers, too many for classes"
        raise wrong_family(name, family, what)
    if not family:
        raise wrong_family(name, family, "is different in almost every row")
    # {% endif %}
    return names
    # {% endif %}


def infer_family(known: pl.Series, column: Column) -> str:
    """Return the family that suits a target, "" if none does."""
    different = parse(known, {**column, "kind": "category"}).n_unique()
    if different == 2:
        return "binary"
    if different > MAX_CLASSES and column["kind"] == "number":
        return "regression"
    return "multiclass" if different <= len(known) / 2 else ""


def wrong_family(name: str, family: str, reason: str) -> ValueError:
    """Return the error for a target of another family than that of this project."""
    other = f", or generate a project with --set family={family}" if family else ""
    return ValueError(f"--target {name} {reason}; choose another column{other}")


def fit_target(target: pl.Series, train: list[int]) -> dict:
    """Return the data info about the target: how it is scaled, or its classes."""
    # {% if family == "regression" %}
    values = target[train]
    mean, std = values.mean(), values.std() or 1.0
    # why: float32 has seven digits. Unusual targets, such as seconds since 1970 or
    # picofarads, are first moved and scaled in float64.
    offset = mean if abs(mean) > 1e4 * std else 0.0
    unit = 1.0 if 1e-3 < std < 1e5 else 10.0 ** torch.tensor(std).log10().round().item()
    digits = 3 + len(f"{abs(mean) / std:.0f}")  # to print
    scale = {"offset": offset, "unit": unit, "digits": digits}
    return {"mean": (mean - offset) / unit, "std": std / unit, **scale}
    # {% else %}
    names = target.drop_nulls().unique().to_list()
    try:
        classes = sorted(names, key=float)
    except ValueError:
        classes = sorted(names)
    rows = dict(target[train].value_counts().rows())
    if len(rows) < 2:
        raise ValueError(f"the training set has only the class {next(iter(rows))!r}")
    return {"classes": classes, "counts": [rows.get(name, 0) for name in classes]}
    # {% endif %}


def encode_target(target: pl.Series, data_info: dict) -> Tensor:
    # {% if family == "regression" %}
    """Return the target, moved and scaled: (N, 1) float32, NaN where it is missing."""
    scaled = (target - data_info["offset"]) / data_info["unit"]
    return torch.tensor(scaled.cast(pl.Float32).to_numpy()).unsqueeze(dim=1)
    # {% else %}
    """Return the class index of each row: (N,), -1 where it is missing."""
    index = {name: number for number, name in enumerate(data_info["classes"])}
    numbers = target.replace_strict(index, default=-1, return_dtype=pl.Int64)
    # {% if family == "binary" %}
    # why: float labels, because BCEWithLogitsLoss compares them with probabilities.
    return torch.tensor(numbers.fill_null(-1).to_numpy()).float()
    # {% else %}
    return torch.tensor(numbers.fill_null(-1).to_numpy())
    # {% endif %}
    # {% endif %}
