"""Data, model and metric of this task."""

import pytest
import torch

from package import loss
from package.config import Config
from package.data import make_datasets


### EXERCISE: data
def test_the_points_are_on_the_true_line():
    config = Config(weight=-0.3, bias=2.0)
    for data in make_datasets(config):
        x, y = data.tensors
        message = "y must be config.weight * x + config.bias, without noise"
        torch.testing.assert_close(y, config.weight * x + config.bias, msg=message)


### EXERCISE: data
def test_the_test_set_is_the_last_fifth_of_the_points():
    train_data, test_data = make_datasets(Config(x_end=2.0, x_step=0.1))
    in_order = test_data.tensors[0].min() > train_data.tensors[0].max()
    assert in_order, "the test set must be the last points: split without shuffling"
    length = int(0.8 * (len(train_data) + len(test_data)))
    assert len(train_data) == length, "split 80:20, at int(0.8 * len(x))"
    message = "x must go from 0 to config.x_end in steps of config.x_step"
    assert test_data[:][0].max().item() == pytest.approx(1.9), message


### EXERCISE: loss
def test_the_loss_is_the_mean_error():
    outputs, y = torch.tensor([[1.0], [2.0]]), torch.tensor([[0.0], [4.0]])
    # {% if loss == "l1" %}
    assert loss.loss_fn(outputs, y) == 1.5, "the loss must be the mean absolute error"
    # {% else %}
    assert loss.loss_fn(outputs, y) == 2.5, "the loss must be the mean squared error"
    # {% endif %}


### EXERCISE: predict
def test_the_outputs_are_the_predictions():
    outputs = torch.tensor([[1.5], [-2.0]])
    assert loss.to_predictions(outputs).equal(outputs), "outputs are values already"


def test_mae_is_the_mean_absolute_error():
    predictions, y = torch.tensor([[1.0], [2.0]]), torch.tensor([[0.0], [4.0]])
    assert loss.metric_fn(predictions, y) == 1.5


def test_too_few_points_are_refused():
    with pytest.raises(SystemExit, match="--x-step"):
        make_datasets(Config(x_end=0.1, x_step=0.1))
