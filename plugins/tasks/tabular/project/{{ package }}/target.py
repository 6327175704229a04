"""Extract the target column, check it, and encode it."""

from difflib import get_close_matches

import polars as pl
import torch
from torch import Tensor

from . import schema
from .table import warn

MIN_ROWS = 10
MAX_CLASSES = 20  # more distinct numbers are a regression target


def extract_target(table: pl.DataFrame, name: str) -> pl.Series:
    """Return the target column."""
    if name not in table.columns:
        near = get_close_matches(name, table.columns, n=1)
        names = ", ".join(table.columns[:20])
        hint = f"did you mean {near[0]!r}?" if near else f"choose from {names}"
        raise ValueError(f"--target: unknown column {name!r}; {hint}")
    if table.width == 1:
        raise ValueError(f"the table has no input columns beside {name}")
    texts = table[name]
    known = texts.drop_nulls()
    if missing := len(texts) - len(known):
        warn(f"dropped {missing} rows with a missing {name}")
    if len(known) < MIN_ROWS:
        raise ValueError(f"{len(known)} rows with {name}; at least {MIN_ROWS} needed")
    if known.n_unique() == 1:
        raise ValueError(f"--target {name} is {known[0]!r} in every row")
    return texts


def infer_family(texts: pl.Series) -> str:
    """Return the family that fits a target, "" if none does."""
    known = texts.drop_nulls()
    different = known.n_unique()
    if different == 2:
        return "binary"
    if different > MAX_CLASSES and schema.infer_dtype(texts) == "number":
        return "regression"
    return "multiclass" if different <= len(known) / 2 else ""


def wrong_family(texts: pl.Series, reason: str) -> ValueError:
    """Return the error for a target of another family than that of this project."""
    family = infer_family(texts)
    other = f", or generate a project with --set family={family}" if family else ""
    return ValueError(f"--target {texts.name} {reason}; choose another column{other}")


# {% if family != "regression" %}
def class_names(texts: pl.Series) -> list[str]:
    """Return the sorted class names; numbers are sorted by value."""
    names = texts.drop_nulls().unique().to_list()
    # {% if family == "binary" %}
    if len(names) != 2:
        raise wrong_family(texts, f"has {len(names)} different values, not two")
    # {% else %}
    if infer_family(texts) == "regression":
        raise wrong_family(
            texts, f"has {len(names)} different numbers, too many for classes"
        )
    if not infer_family(texts):
        raise wrong_family(texts, "is different in almost every row")
    # {% endif %}
    if schema.infer_dtype(texts) == "number":
        return sorted(names, key=float)
    return sorted(names)


# {% endif %}
def encode_target(texts: pl.Series) -> Tensor:
    # {% if family == "regression" %}
    """Return the target in its own units: (N, 1) float32, NaN where it is missing."""
    if not schema.is_mostly_numeric(texts):
        raise wrong_family(texts, "has texts, not numbers")
    if infer_family(texts) == "binary":
        raise wrong_family(texts, "has only two different values")
    (numbers,) = schema.cast_columns(texts.to_frame(), {texts.name: "number"})
    return torch.tensor(numbers.cast(pl.Float32).to_numpy()).unsqueeze(dim=1)
    # {% else %}
    """Return the class index of each row: (N,), -1 where it is missing."""
    numbers = {name: number for number, name in enumerate(class_names(texts))}
    # {% if family == "binary" %}
    # why: float labels, because BCEWithLogitsLoss compares them with probabilities.
    kind = torch.float32
    # {% else %}
    kind = torch.int64
    # {% endif %}
    return torch.tensor([numbers.get(text, -1) for text in texts], dtype=kind)
    # {% endif %}


def target_info(texts: pl.Series, y: Tensor) -> dict:
    """Return the data info about the target; `y` is that of the training set."""
    # {% if family == "regression" %}
    return {"mean": y.mean().item(), "std": y.std().item() or 1.0}
    # {% else %}
    return {"classes": class_names(texts)}
    # {% endif %}
