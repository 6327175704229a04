"""What is particular to this task: its points, its decision rule, its metric."""

import pytest
import torch
from torchmetrics.classification import BinaryAccuracy

from package.config import Config
from package.contract import Data
from package.data import load_data, read_inputs
from package.errors import ProjectError
from package.objective import METRIC, decide, loss


### EXERCISE: data
def test_the_points_are_always_the_same() -> None:
    data = load_data(Config(points=1000, noise=0.03, data_seed=42))
    assert (len(data.train.x), len(data.test.x)) == (800, 200)
    first = torch.tensor([0.6579, -0.4651])
    torch.testing.assert_close(data.train.x[0], first, rtol=0, atol=5e-5)


### EXERCISE: decide
def test_a_positive_logit_decides_for_class_one() -> None:
    decisions = decide(torch.tensor([-3.0, -0.1, 0.1, 3.0]), state={})
    assert decisions.tolist() == [0, 0, 1, 1]
    assert decide(torch.tensor([0.0]), state={}).item() == 0  # no more than a half


def test_accuracy_agrees_with_torchmetrics() -> None:
    generator = torch.Generator().manual_seed(0)
    outputs = torch.randn(100, generator=generator)
    y = torch.randint(2, (100,), generator=generator).float()
    ours = METRIC.score(decide(outputs, state={}), y).mean()
    theirs = BinaryAccuracy()(torch.sigmoid(outputs), y.int())
    torch.testing.assert_close(ours, theirs)


### EXERCISE: loss
def test_the_loss_is_the_cross_entropy_of_the_textbook() -> None:
    outputs, y = torch.tensor([0.5, -2.0]), torch.tensor([1.0, 0.0])
    p = torch.sigmoid(outputs)
    textbook = -(y * p.log() + (1 - y) * (1 - p).log())
    torch.testing.assert_close(loss(outputs, y), textbook)


@pytest.mark.parametrize("row", [["1.0"], ["1.0", "two"], ["1.0", "nan"]])
def test_inputs_that_are_no_point_are_refused(row: list[str], data: Data) -> None:
    with pytest.raises(ProjectError, match="input 1"):
        read_inputs([row], data.state)


### EXERCISE: data
def test_the_settings_shape_the_data() -> None:
    assert len(load_data(Config(points=50)).train.x) == 40
