"""The state of a run as plain data that JSON can hold, and back, exactly."""

from typing import Any

import torch
from torch import Tensor

from ..errors import ProjectError

TENSOR = "$tensor"  # marks what was a tensor


def to_plain(value: Any, place: str = "state") -> Any:
    """Return a value of a state with its tensors as lists of their numbers.

    Raises ProjectError, with the place, for what JSON would not give back as it was.
    """
    if isinstance(value, Tensor) and not value.is_complex():
        kind = str(value.dtype).removeprefix("torch.")
        numbers = value.detach().cpu().flatten().tolist()
        return {TENSOR: numbers, "dtype": kind, "shape": list(value.shape)}
    if isinstance(value, list):
        return [to_plain(item, f"{place}[{n}]") for n, item in enumerate(value)]
    if isinstance(value, dict) and {type(key) for key in value} <= {str}:
        return {key: to_plain(item, f"{place}[{key!r}]") for key, item in value.items()}
    if value is None or type(value) in (str, int, float, bool):
        return value
    kind = type(value).__name__
    rule = "keep tensors, texts, numbers, lists, or dicts with texts as keys"
    raise ProjectError(f"{place} of data.py is a {kind} that JSON cannot hold; {rule}")


def from_plain(value: Any) -> Any:
    """Return what `to_plain` was given."""
    if isinstance(value, list):
        return [from_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if TENSOR in value:
        kind = getattr(torch, value["dtype"])
        return torch.tensor(value[TENSOR], dtype=kind).reshape(value["shape"])
    return {key: from_plain(item) for key, item in value.items()}
