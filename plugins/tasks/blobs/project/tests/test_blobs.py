"""What is particular to this task: its points, its decision rule, its metric."""

import pytest
import torch
from torchmetrics.classification import MulticlassAccuracy

from package.config import Config
from package.contract import Data
from package.data import load_data, read_inputs
from package.errors import ProjectError
from package.model import build_model
from package.objective import METRIC, decide, loss


### EXERCISE: data
def test_the_points_are_those_of_the_course(data: Data) -> None:
    assert (len(data.train.x), len(data.test.x)) == (800, 200)
    first = torch.tensor([5.0405, 3.3076])
    torch.testing.assert_close(data.train.x[0], first, rtol=0, atol=5e-5)


### EXERCISE: data
def test_each_blob_has_as_many_points(data: Data) -> None:
    labels = torch.cat([data.train.y, data.test.y])
    assert labels.bincount().tolist() == [250, 250, 250, 250]


### EXERCISE: model
def test_the_model_has_an_output_for_each_blob(data: Data) -> None:
    outputs = build_model(Config(), data.state)(data.test.x)
    assert outputs.shape == (200, 4)


### EXERCISE: decide
def test_the_largest_logit_decides() -> None:
    logits = torch.tensor([[2.0, -1.0, 0.0, 1.0], [-5.0, -4.0, -3.0, -2.0]])
    assert decide(logits, state={}).tolist() == [0, 3]


def test_accuracy_agrees_with_torchmetrics() -> None:
    generator = torch.Generator().manual_seed(0)
    outputs = torch.randn(100, 4, generator=generator)
    y = torch.randint(4, (100,), generator=generator)
    ours = METRIC.score(decide(outputs, state={}), y).mean()
    theirs = MulticlassAccuracy(num_classes=4, average="micro")(outputs, y)
    torch.testing.assert_close(ours, theirs)


### EXERCISE: loss
def test_the_loss_is_the_cross_entropy_of_the_textbook() -> None:
    outputs = torch.tensor([[0.5, -2.0, 1.0], [3.0, 0.0, -1.0]])
    y = torch.tensor([2, 1])
    p = torch.softmax(outputs, dim=1)  # (2, 3): probabilities, 1 in each row
    textbook = -torch.stack([p[0, 2], p[1, 1]]).log()
    torch.testing.assert_close(loss(outputs, y), textbook)


@pytest.mark.parametrize("row", [["1.0"], ["1.0", "two"], ["1.0", "nan"]])
def test_inputs_that_are_no_point_are_refused(row: list[str], data: Data) -> None:
    with pytest.raises(ProjectError, match="input 1"):
        read_inputs([row], data.state)


### EXERCISE: data
def test_the_settings_shape_the_data() -> None:
    data = load_data(Config(points=40, spread=0.0))
    assert len(data.train.x) + len(data.test.x) == 40
    assert len(data.train.x.unique(dim=0)) == 4
