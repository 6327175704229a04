"""The state of a run survives the way into JSON and back."""

import json

import pytest
import torch

from package.errors import ProjectError
from package.tools.plain import from_plain, to_plain


def test_a_state_comes_back_from_json_exactly() -> None:
    state = {
        "mean": torch.tensor([[0.1, 1 / 3], [1e-45, 3e38]]),
        "none": torch.zeros(0, 3, dtype=torch.float64),
        "mask": torch.tensor([True, False]),
        "columns": [{"name": "ü", "std": 0.1, "count": 2**60, "missing": None}],
    }
    again = from_plain(json.loads(json.dumps(to_plain(state))))
    for name in ("mean", "none", "mask"):
        assert again[name].dtype == state[name].dtype
        assert torch.equal(again[name], state[name])
    assert again["columns"] == state["columns"]


@pytest.mark.parametrize("value", [(1, 2), {1: "a"}, torch.zeros(1) + 1j, {"a"}])
def test_a_state_that_json_would_change_is_refused(value: object) -> None:
    with pytest.raises(ProjectError, match=r"state\['sizes'\]\[0\] of data.py is a"):
        to_plain({"sizes": [value]})
