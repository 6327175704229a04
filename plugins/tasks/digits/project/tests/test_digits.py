"""Data and metric of this task."""

import pytest
import torch

from package.config import Config
from package.data import (
    INPUTS,
    encode_inputs,
    make_datasets,
)
from package.loss import (
    loss_fn,
    metric_fn,
    to_predictions,
)


### EXERCISE: data
def test_images_have_8_by_8_pixels_from_0_to_1():
    train_data, validation_data, test_data = make_datasets(Config())
    assert train_data.tensors[0].shape == (1077, 1, 8, 8)
    assert (len(validation_data), len(test_data)) == (360, 360)
    assert (train_data.tensors[0].min(), train_data.tensors[0].max()) == (0, 1)


### EXERCISE: data
def test_the_sets_have_the_same_class_proportions():
    sets = [data.tensors[1] for data in make_datasets(Config())]
    for y in sets:
        assert (
            y.bincount() / len(y) - sets[0].bincount() / len(sets[0])
        ).abs().max() < 0.01


def test_pixels_outside_0_to_16_are_refused():
    with pytest.raises(ValueError, match="from 0"):
        encode_inputs([dict.fromkeys(INPUTS, "255")])


### EXERCISE: loss
def test_the_loss_of_an_undecided_model_is_log_10():
    loss = loss_fn(torch.zeros(3, 10), torch.tensor([0, 5, 9]))
    torch.testing.assert_close(loss, torch.tensor(10.0).log())


### EXERCISE: predict
def test_the_largest_logit_is_the_prediction():
    assert to_predictions(torch.tensor([[2.0, -1.0], [-5.0, -4.0]])).tolist() == [0, 1]


def test_accuracy_is_the_fraction_of_correct_predictions():
    assert metric_fn(torch.tensor([0, 1, 2, 3]), torch.tensor([0, 1, 2, 0])) == 0.75
