"""What is particular to this task: its points, its model, its metric."""

import pytest
import torch
from torchmetrics.regression import MeanAbsoluteError

from package.config import Config
from package.contract import Data
from package.data import load_data, read_inputs
from package.errors import ProjectError
from package.model import build_model
from package.objective import METRIC, decide, loss


### EXERCISE: data
def test_the_points_lie_on_the_true_line(data: Data) -> None:
    config = Config()
    for x, y in (data.train, data.test):
        torch.testing.assert_close(y, config.weight * x + config.bias)


### EXERCISE: data
def test_the_test_points_lie_right_of_the_training_points(data: Data) -> None:
    assert data.test.x.min() > data.train.x.max()
    assert len(data.train.x) == int(0.8 * (len(data.train.x) + len(data.test.x)))


### EXERCISE: model
def test_the_model_has_two_numbers_to_learn(data: Data) -> None:
    model = build_model(Config(), data.state)
    assert sum(parameter.numel() for parameter in model.parameters()) == 2


def test_the_metric_agrees_with_torchmetrics() -> None:
    outputs, y = torch.tensor([[1.0], [2.5]]), torch.tensor([[0.0], [3.0]])
    ours = METRIC.score(decide(outputs, state={}), y).mean()
    torch.testing.assert_close(ours, MeanAbsoluteError()(outputs, y))


### EXERCISE: loss
def test_the_loss_grows_with_the_error() -> None:
    losses = loss(torch.tensor([[0.0], [1.0], [3.0]]), torch.zeros(3, 1)).tolist()
    assert losses == sorted(losses)
    assert losses[0] == 0


@pytest.mark.parametrize("row", [[], ["1", "2"], ["one"], ["inf"]])
def test_inputs_that_are_no_number_are_refused(row: list[str], data: Data) -> None:
    with pytest.raises(ProjectError, match="input 1"):
        read_inputs([row], data.state)


def test_too_few_points_are_refused() -> None:
    with pytest.raises(ProjectError, match="--step"):
        load_data(Config(start=0.0, end=0.1, step=0.1))
