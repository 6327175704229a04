"""The column to predict: found, checked against the family, turned into numbers."""

from difflib import get_close_matches

import polars as pl
import torch
from torch import Tensor

from . import columns
from .contract import State
from .errors import ProjectError, SettingError
from .table import note

FEWEST = 10  # rows, for three parts to be worth their names
MANY = 20  # with more different numbers than that, they are amounts and no classes


def take_target(table: pl.DataFrame, name: str) -> pl.Series:
    """Return the texts of the column to predict."""
    if name not in table.columns:
        near = get_close_matches(name, table.columns, n=1)
        names = ", ".join(table.columns[:20])
        hint = f"did you mean {near[0]!r}?" if near else f"there are {names}"
        raise SettingError(f"--target: there is no column {name!r}; {hint}")
    if table.width == 1:
        raise ProjectError(f"the table has no column beside {name} to learn from")
    texts = table[name]
    known = texts.drop_nulls()
    if missing := len(texts) - len(known):
        note(f"rows left out, since {name} is missing: {missing}")
    if len(known) < FEWEST:
        found = f"the table has {len(known)} rows with {name}"
        raise ProjectError(f"{found}; {FEWEST} are the least to learn from")
    if known.n_unique() == 1:
        raise SettingError(f"--target {name} is {known[0]!r} in every row")
    return texts


def fitting_family(texts: pl.Series) -> str:
    """Return the family of tasks that a target suggests; "" if it suits none."""
    known = texts.drop_nulls()
    different = known.n_unique()
    if different == 2:
        return "binary"
    if different > MANY and columns.kind_of(texts) == "number":
        return "regression"
    return "multiclass" if different <= len(known) / 2 else ""


def misfit(texts: pl.Series, reason: str) -> SettingError:
    """Return the error for a target of another family than this project's."""
    family = fitting_family(texts)
    other = f", or make a project with family={family}" if family else ""
    return SettingError(f"--target {texts.name} {reason}; name another{other}")


# {% if family != "regression" %}
def class_names(texts: pl.Series) -> list[str]:
    """Return the names of the classes in order; numbers in that of their size."""
    names = texts.drop_nulls().unique().to_list()
    # {% if family == "binary" %}
    if len(names) != 2:
        raise misfit(texts, f"has {len(names)} different values, not two")
    # {% else %}
    if fitting_family(texts) == "regression":
        raise misfit(texts, f"has {len(names)} different numbers, too many for classes")
    if not fitting_family(texts):
        raise misfit(texts, "is different in almost every row")
    # {% endif %}
    if columns.kind_of(texts) == "number":
        return sorted(names, key=float)
    return sorted(names)


# {% endif %}
def encode_target(texts: pl.Series) -> Tensor:
    # {% if family == "regression" %}
    """Return the target in its own units: (N, 1) float32, nan where it is missing."""
    if not columns.mostly_numbers(texts):
        raise misfit(texts, "holds texts, not numbers")
    if fitting_family(texts) == "binary":
        raise misfit(texts, "has two different values only")
    (numbers,) = columns.to_values(texts.to_frame(), {texts.name: "number"})
    return torch.tensor(numbers.cast(pl.Float32).to_numpy()).unsqueeze(dim=1)
    # {% else %}
    """Return the number of the class of each row: (N,), -1 where it is missing."""
    numbers = {name: number for number, name in enumerate(class_names(texts))}
    # {% if family == "binary" %}
    # why: float labels, because the loss compares them with numbers from 0 to 1.
    kind = torch.float32
    # {% else %}
    kind = torch.int64
    # {% endif %}
    return torch.tensor([numbers.get(text, -1) for text in texts], dtype=kind)
    # {% endif %}


def describe_target(texts: pl.Series, y: Tensor) -> State:
    """Return what the model has to know of the target; `y` is that of training rows."""
    # {% if family == "regression" %}
    return {"mean": y.mean().item(), "std": y.std().item() or 1.0}
    # {% else %}
    return {"classes": class_names(texts)}
    # {% endif %}
