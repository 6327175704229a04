"""Data and metric of this task."""

import pytest
import torch

from package import loss
from package.config import Config
from package.data import (
    INPUTS,
    encode_inputs,
    make_datasets,
)


### EXERCISE: data
def test_images_have_8_by_8_pixels_from_0_to_1():
    train_data, validation_data, test_data = make_datasets(Config())
    lengths = [len(train_data), len(validation_data), len(test_data)]
    assert lengths == [1077, 360, 360], "split 60:20:20: a fifth, then a quarter"
    x = train_data.tensors[0]
    message = "to_images() scales rows of pixels and makes (N, 1, 8, 8) of them"
    assert (x.shape[1:], x.min(), x.max()) == ((1, 8, 8), 0, 1), message


### EXERCISE: data
def test_the_sets_have_the_same_class_proportions():
    sets = [data.tensors[1].long() for data in make_datasets(Config())]
    first, *others = (y.bincount() / len(y) for y in sets)
    for proportions in others:
        difference = (proportions - first).abs().max()
        assert difference < 0.01, "class proportions differ: split with stratify"


def test_pixels_outside_0_to_16_are_refused():
    with pytest.raises(ValueError, match="from 0"):
        encode_inputs([dict.fromkeys(INPUTS, "255")])


### EXERCISE: loss
def test_the_loss_of_an_undecided_model_is_log_10():
    value = loss.loss_fn(torch.zeros(3, 10), torch.tensor([0, 5, 9]))
    message = "the loss must take logits, not probabilities: nn.CrossEntropyLoss()"
    torch.testing.assert_close(value, torch.tensor(10.0).log(), msg=message)


### EXERCISE: predict
def test_the_largest_logit_is_the_prediction():
    logits = torch.tensor([[2.0, -1.0, 0.0], [-5.0, -4.0, -6.0]])
    predictions = loss.to_predictions(logits)
    message = "the class of a row is the index of its largest logit: argmax(dim=1)"
    assert predictions.tolist() == [0, 1], message


def test_accuracy_is_the_fraction_of_correct_predictions():
    y = torch.tensor([0, 1, 2, 0])
    assert loss.metric_fn(torch.tensor([0, 1, 2, 3]), y) == 0.75
