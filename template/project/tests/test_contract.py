"""The parts fit together: what one gives has the shape and type that the next takes."""

import torch

from package.config import Config
from package.contract import Data
from package.model import build_model
from package.objective import METRIC, decide, loss


### EXERCISE: data
def test_no_part_of_the_data_is_empty(data: Data) -> None:
    for split in (data.train, data.test):
        assert len(split.x) == len(split.y) > 0


# {% if family == "regression" %}
### EXERCISE: data
def test_targets_are_a_column_of_floats(data: Data) -> None:
    assert data.train.y.dtype == torch.float32
    assert data.train.y.shape == (len(data.train.x), 1)


# {% elif family == "binary" %}
### EXERCISE: data
def test_labels_are_zeros_and_ones_as_floats(data: Data) -> None:
    assert data.train.y.dtype == torch.float32
    assert data.train.y.shape == (len(data.train.x),)
    assert set(data.train.y.tolist()) == {0.0, 1.0}


# {% else %}
### EXERCISE: data
def test_labels_are_class_numbers(data: Data) -> None:
    assert data.train.y.dtype == torch.int64
    assert data.train.y.shape == (len(data.train.x),)
    assert data.train.y.min() >= 0


# {% endif %}
### EXERCISE: model
def test_the_model_returns_a_row_for_each_example(data: Data) -> None:
    outputs = build_model(Config(), data.state)(data.test.x)
    assert len(outputs) == len(data.test.x)


### EXERCISE: loss
def test_each_example_has_a_loss_of_its_own(data: Data) -> None:
    x, y = data.test
    outputs = build_model(Config(), data.state).eval()(x)
    losses = loss(outputs, y)
    assert losses.shape == (len(x),)
    torch.testing.assert_close(loss(outputs[-1:], y[-1:]), losses[-1:])


### EXERCISE: decide
def test_each_example_gets_a_decision_and_a_score(data: Data) -> None:
    x, y = data.test
    decisions = decide(build_model(Config(), data.state)(x), data.state)
    assert decisions.shape == (len(x),)
    assert METRIC.score(decisions, y).shape == (len(x),)


### EXERCISE: model
def test_every_parameter_gets_a_finite_gradient(data: Data) -> None:
    model = build_model(Config(), data.state)
    loss(model(data.train.x), data.train.y).mean().backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name
