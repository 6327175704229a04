"""What is particular to this task: its measurements, its units, its metric."""

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
def test_the_data_are_those_of_the_study(data: Data) -> None:
    assert (len(data.train.x), len(data.test.x)) == (353, 89)
    assert list(data.state["inputs"])[:4] == ["age", "sex", "bmi", "bp"]
    targets = torch.cat([data.train.y, data.test.y])
    assert (targets.min(), targets.max()) == (25, 346)


### EXERCISE: data
def test_only_the_training_part_is_standardised_exactly(data: Data) -> None:
    x = data.train.x
    torch.testing.assert_close(x.mean(dim=0), torch.zeros(10), rtol=0, atol=1e-4)
    torch.testing.assert_close(x.std(dim=0), torch.ones(10), rtol=0, atol=1e-4)
    assert (data.test.x.mean(dim=0).abs() > 0.01).any()
    assert data.state["y_mean"] == pytest.approx(data.train.y.mean().item())


### EXERCISE: data
def test_another_split_has_statistics_of_its_own(data: Data) -> None:
    other = load_data(Config(data_seed=1))
    assert not torch.equal(other.state["mean"], data.state["mean"])
    assert not torch.equal(other.test.y, data.test.y)


def test_inputs_in_their_own_units_become_what_the_model_learned_from(
    data: Data,
) -> None:
    raw = data.train.x * data.state["std"] + data.state["mean"]
    rows = [[str(value) for value in row] for row in raw.tolist()]
    x = read_inputs(rows, data.state)
    torch.testing.assert_close(x, data.train.x, rtol=0, atol=1e-4)


### EXERCISE: model
def test_predictions_have_the_unit_of_the_target(data: Data) -> None:
    model = build_model(Config(), data.state)
    for parameter in model.parameters():
        torch.nn.init.zeros_(parameter)
    predictions = decide(model(data.test.x), data.state)
    mean = torch.full((89,), data.state["y_mean"])
    torch.testing.assert_close(predictions, mean)


def test_the_metric_agrees_with_torchmetrics(data: Data) -> None:
    outputs = data.test.y.flip(dims=[0])
    ours = METRIC.score(decide(outputs, state={}), data.test.y).mean()
    torch.testing.assert_close(ours, MeanAbsoluteError()(outputs, data.test.y))


### EXERCISE: loss
def test_the_loss_is_the_square_of_the_error() -> None:
    outputs, y = torch.tensor([[1.0], [2.0]]), torch.tensor([[1.0], [5.0]])
    assert loss(outputs, y).tolist() == [0, 9]


@pytest.mark.parametrize("row", [["1"] * 9, ["1"] * 9 + ["high"], ["inf"] * 10])
def test_inputs_that_are_no_ten_numbers_are_refused(row: list[str], data: Data) -> None:
    with pytest.raises(ProjectError, match="input 1"):
        read_inputs([row], data.state)
