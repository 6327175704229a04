"""What is particular to this task: its pictures, its decision rule, its metric."""

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
def test_the_pictures_have_8_by_8_pixels_from_0_to_1(data: Data) -> None:
    assert data.train.x.shape == (1437, 1, 8, 8)
    assert data.test.x.shape == (360, 1, 8, 8)
    assert (data.train.x.min(), data.train.x.max()) == (0, 1)


### EXERCISE: data
def test_both_parts_hold_each_digit_equally_often(data: Data) -> None:
    shares = [part.y.bincount() / len(part.y) for part in (data.train, data.test)]
    torch.testing.assert_close(*shares, rtol=0, atol=0.01)


### EXERCISE: data
def test_another_seed_makes_another_split(data: Data) -> None:
    assert not torch.equal(load_data(Config(data_seed=1)).test.x, data.test.x)


### EXERCISE: model
def test_the_model_has_an_output_for_each_digit(data: Data) -> None:
    assert data.state["classes"] == list("0123456789")
    outputs = build_model(Config(), data.state)(data.test.x)
    assert outputs.shape == (360, 10)


def test_pixels_from_0_to_16_become_what_the_model_learned_from(data: Data) -> None:
    pixels = (data.train.x * 16).flatten(start_dim=1)
    rows = [[str(value) for value in row] for row in pixels.tolist()]
    torch.testing.assert_close(read_inputs(rows, data.state), data.train.x)


@pytest.mark.parametrize("row", [["1"] * 63, ["1"] * 63 + ["ink"], ["nan"] * 64])
def test_inputs_that_are_no_picture_are_refused(row: list[str], data: Data) -> None:
    with pytest.raises(ProjectError, match="input 1"):
        read_inputs([row], data.state)


@pytest.mark.parametrize("pixel", ["-1", "17", "255"])
def test_pixels_of_another_scale_are_refused(pixel: str, data: Data) -> None:
    with pytest.raises(ProjectError, match=r"from 0 .* to 16"):
        read_inputs([["0"] * 63 + [pixel]], data.state)


### EXERCISE: decide
def test_the_largest_logit_decides() -> None:
    logits = torch.tensor([[2.0, -1.0, 0.0], [-5.0, -4.0, -3.0]])
    assert decide(logits, state={}).tolist() == [0, 2]


def test_accuracy_agrees_with_torchmetrics() -> None:
    generator = torch.Generator().manual_seed(0)
    outputs = torch.randn(100, 10, generator=generator)
    y = torch.randint(10, (100,), generator=generator)
    ours = METRIC.score(decide(outputs, state={}), y).mean()
    theirs = MulticlassAccuracy(num_classes=10, average="micro")(outputs, y)
    torch.testing.assert_close(ours, theirs)


### EXERCISE: loss
def test_the_loss_is_the_cross_entropy_of_the_textbook() -> None:
    outputs = torch.tensor([[0.5, -2.0, 1.0], [3.0, 0.0, -1.0]])
    y = torch.tensor([2, 1])
    p = torch.softmax(outputs, dim=1)  # (2, 3): probabilities, 1 in each row
    textbook = -torch.stack([p[0, 2], p[1, 1]]).log()
    torch.testing.assert_close(loss(outputs, y), textbook)
