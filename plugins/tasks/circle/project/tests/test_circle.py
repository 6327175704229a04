"""Data and metric of this task."""

import torch

from package.config import Config
from package.data import make_datasets
from package.loss import (
    loss_fn,
    metric_fn,
    to_predictions,
)


### EXERCISE: data
def test_the_points_are_the_same_in_every_run():
    train_data, test_data = make_datasets(Config())
    assert (len(train_data), len(test_data)) == (800, 200)
    first = torch.tensor([0.6579, -0.4651])
    torch.testing.assert_close(train_data[0][0], first, rtol=0, atol=5e-5)


### EXERCISE: loss
def test_the_loss_of_an_undecided_model_is_log_2():
    loss = loss_fn(torch.zeros(4), torch.tensor([0.0, 1.0, 0.0, 1.0]))
    torch.testing.assert_close(loss, torch.tensor(2.0).log())


### EXERCISE: predict
def test_a_positive_logit_predicts_class_1():
    predictions = to_predictions(torch.tensor([-3.0, -0.1, 0.1, 3.0]))
    assert predictions.tolist() == [0, 0, 1, 1]


def test_accuracy_is_the_fraction_of_correct_predictions():
    y = torch.tensor([0.0, 1.0, 0.0, 1.0])
    assert metric_fn(torch.tensor([0.0, 1.0, 1.0, 1.0]), y) == 0.75
