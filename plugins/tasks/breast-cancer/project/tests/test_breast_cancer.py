"""Data and metric of this task."""

import torch

from package.config import Config
from package.data import encode_inputs, make_datasets
from package.loss import (
    loss_fn,
    metric_fn,
    to_predictions,
)


### EXERCISE: data
def test_the_sets_have_the_same_class_proportions():
    train_data, validation_data, test_data, _ = make_datasets(Config())
    assert [len(train_data), len(validation_data), len(test_data)] == [341, 114, 114]
    for data in (train_data, validation_data, test_data):
        assert abs(data.tensors[1].mean() - 357 / 569) < 0.01


### EXERCISE: data
def test_only_the_training_set_is_standardized_exactly():
    train_data, _, test_data, _ = make_datasets(Config())
    x = train_data.tensors[0]
    torch.testing.assert_close(x.mean(dim=0), torch.zeros(30), rtol=0, atol=1e-4)
    torch.testing.assert_close(x.std(dim=0), torch.ones(30), rtol=0, atol=1e-4)
    assert test_data.tensors[0].mean(dim=0).abs().max() > 0.01


### EXERCISE: data
def test_inputs_are_encoded_like_the_training_set():
    *_, data_info = make_datasets(Config())
    row = {name: str(value) for name, value in data_info["inputs"].items()}
    x = encode_inputs([row], data_info)
    assert x.shape == (1, 30)
    assert x.abs().max() < 10


### EXERCISE: loss
def test_the_loss_of_an_undecided_model_is_log_2():
    loss = loss_fn(torch.zeros(4), torch.tensor([0.0, 1.0, 0.0, 1.0]))
    torch.testing.assert_close(loss, torch.tensor(2.0).log())


### EXERCISE: predict
def test_a_positive_logit_predicts_class_1():
    assert to_predictions(torch.tensor([-3.0, -0.1, 0.1, 3.0])).tolist() == [0, 0, 1, 1]


def test_accuracy_is_the_fraction_of_correct_predictions():
    y = torch.tensor([0.0, 1.0, 0.0, 1.0])
    assert metric_fn(torch.tensor([0.0, 1.0, 1.0, 1.0]), y) == 0.75
