"""Data, model and metric of this task."""

import pytest
import torch

from package.config import Config
from package.data import make_datasets
from package.loss import loss_fn, metric_fn


### EXERCISE: data
def test_the_points_are_on_the_true_line():
    config = Config()
    for data in make_datasets(config):
        x, y = data.tensors
        torch.testing.assert_close(y, config.weight * x + config.bias)


### EXERCISE: data
def test_the_test_set_is_the_last_fifth_of_the_points():
    train_data, test_data = make_datasets(Config())
    assert test_data.tensors[0].min() > train_data.tensors[0].max()
    assert len(train_data) == int(0.8 * (len(train_data) + len(test_data)))


### EXERCISE: loss
def test_the_loss_is_the_mean_error():
    outputs, y = torch.tensor([[1.0], [2.0]]), torch.tensor([[0.0], [4.0]])
    # {% if loss == "l1" %}
    assert loss_fn(outputs, y) == 1.5  # mean absolute error
    # {% else %}
    assert loss_fn(outputs, y) == 2.5  # mean squared error
    # {% endif %}


def test_mae_is_the_mean_absolute_error():
    predictions, y = torch.tensor([[1.0], [2.0]]), torch.tensor([[0.0], [4.0]])
    assert metric_fn(predictions, y) == 1.5


def test_too_few_points_are_refused():
    with pytest.raises(SystemExit, match="--x-step"):
        make_datasets(Config(x_end=0.1, x_step=0.1))
