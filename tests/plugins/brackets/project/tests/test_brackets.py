"""Texts and encoding of this task."""

import pytest

from package import data
from package.config import Config


@pytest.mark.parametrize(
    ("text", "expected"),
    [("[()]", True), ("([)]", False), ("(", False), ("()[]", True)],
)
def test_every_bracket_must_be_closed_in_order(text, expected):
    assert data.is_balanced(text) == expected


def test_both_labels_occur_often():
    train_data, _ = data.make_datasets(Config())
    assert 0.4 < train_data.tensors[1].mean() < 0.65


def test_tokens_are_padded_at_the_end():
    assert data.encode("[()]") == [3, 1, 2, 4, 0, 0, 0, 0, 0, 0]


def test_other_characters_are_refused():
    with pytest.raises(ValueError, match="1 to 10 characters"):
        data.encode("(x)")
