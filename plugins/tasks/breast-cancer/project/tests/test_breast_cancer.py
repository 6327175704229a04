"""What is particular to this task: its measurements, its decision rule, its metric."""

import pytest
import torch
from torchmetrics.classification import BinaryAccuracy

from package.config import Config
from package.contract import Data
from package.data import load_data, read_inputs
from package.errors import ProjectError
from package.objective import METRIC, decide, loss


### EXERCISE: data
def test_the_data_are_those_of_the_study(data: Data) -> None:
    assert (len(data.train.x), len(data.test.x)) == (455, 114)
    assert len(data.state["inputs"]) == data.train.x.shape[1] == 30
    assert data.state["classes"] == ["malignant", "benign"]
    labels = torch.cat([data.train.y, data.test.y])
    assert labels.sum() == 357


### EXERCISE: data
def test_both_parts_hold_as_many_benign_tumours_in_a_hundred(data: Data) -> None:
    shares = data.train.y.mean().item(), data.test.y.mean().item()
    assert shares[0] == pytest.approx(shares[1], abs=0.01)


### EXERCISE: data
def test_only_the_training_part_is_standardised_exactly(data: Data) -> None:
    x = data.train.x
    torch.testing.assert_close(x.mean(dim=0), torch.zeros(30), rtol=0, atol=1e-4)
    torch.testing.assert_close(x.std(dim=0), torch.ones(30), rtol=0, atol=1e-4)
    assert (data.test.x.mean(dim=0).abs() > 0.01).any()


### EXERCISE: data
def test_another_split_has_statistics_of_its_own(data: Data) -> None:
    other = load_data(Config(data_seed=1))
    assert not torch.equal(other.state["mean"], data.state["mean"])


def test_inputs_in_their_own_units_become_what_the_model_learned_from(
    data: Data,
) -> None:
    raw = data.train.x * data.state["std"] + data.state["mean"]
    rows = [[str(value) for value in row] for row in raw.tolist()]
    x = read_inputs(rows, data.state)
    torch.testing.assert_close(x, data.train.x, rtol=0, atol=1e-3)


### EXERCISE: decide
def test_a_positive_logit_decides_for_benign(data: Data) -> None:
    decisions = decide(torch.tensor([-3.0, -0.1, 0.1, 3.0]), data.state)
    assert decisions.tolist() == [0, 0, 1, 1]
    assert data.state["classes"][1] == "benign"


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


@pytest.mark.parametrize("row", [["1"] * 29, ["1"] * 29 + ["big"], ["nan"] * 30])
def test_inputs_that_are_no_thirty_numbers_are_refused(
    row: list[str], data: Data
) -> None:
    with pytest.raises(ProjectError, match="input 1"):
        read_inputs([row], data.state)
