"""Images of this task."""

import torch

from package.config import Config
from package.data import (
    INPUTS,
    encode_inputs,
    make_datasets,
)


def test_a_bar_is_brighter_than_the_noise_around_it():
    train_data, validation_data, test_data = make_datasets(Config(noise=0.0))
    assert (len(train_data), len(validation_data), len(test_data)) == (360, 120, 120)
    assert train_data.tensors[0].unique().tolist() == [0, 1]
    assert train_data.tensors[1].unique().tolist() == [0, 1, 2, 3]


def test_an_image_is_given_row_by_row():
    x = encode_inputs([INPUTS | {"row_1": " ".join(map(str, range(12)))}])
    torch.testing.assert_close(x[0, 0, 1], torch.arange(12.0))
