"""Sequences of this task."""

import pytest

from package.config import Config
from package.data import encode_inputs, make_datasets


def test_exactly_one_digit_occurs_twice():
    train_data, _ = make_datasets(Config())
    for digits, label in zip(*train_data[:50], strict=True):
        assert sorted(digits.bincount().tolist())[-2:] == [1, 2]
        assert digits.bincount()[label] == 2


@pytest.mark.parametrize("digits", ["1 2", "1 2 3 4 5 10", ""])
def test_other_sequences_are_refused(digits):
    with pytest.raises(ValueError, match="give 6 digits"):
        encode_inputs([{"digits": digits}])
