"""Training learns, repeats itself, and stops where it blows up."""

from pathlib import Path

import pytest
import torch
from conftest import EPOCHS, assert_same_run, flags

from package.__main__ import main
from package.config import Config
from package.contract import Data, Progress, Split
from package.engine import evaluate, train_epoch
from package.errors import ProjectError
from package.model import build_model
from package.objective import METRIC, decide, loss
from package.train import build_optimizer


### EXERCISE: step
def test_training_changes_every_weight(data: Data) -> None:
    config = Config(optimizer="adam")
    model = build_model(config, data.state)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    train_epoch(model, build_optimizer(config, model), data.train, config, Progress())
    for name, value in model.named_parameters():
        assert not torch.equal(value, before[name]), name


### EXERCISE: evaluate
def test_an_evaluation_is_the_mean_over_all_examples(data: Data) -> None:
    model = build_model(Config(), data.state).eval()
    outputs = model(data.test.x).detach()
    scores = METRIC.score(decide(outputs, data.state), data.test.y)
    expected = loss(outputs, data.test.y).mean(), scores.mean()
    found = evaluate(model, data.test, data.state)
    torch.testing.assert_close(torch.tensor(found), torch.stack(expected))


# {% if expected %}
### EXERCISE: step
def test_a_handful_of_examples_can_be_learned(data: Data) -> None:
    few = Split(data.train.x[:8], data.train.y[:8])
    config = Config(optimizer="adam", lr=0.02)
    torch.manual_seed(config.seed)
    model = build_model(config, data.state)
    optimizer = build_optimizer(config, model)
    losses = [
        train_epoch(model, optimizer, few, config, Progress(epoch))
        for epoch in range(300)
    ]
    assert losses[-1] < 0.1 * losses[0]


# {% endif %}
def test_two_runs_with_one_seed_are_identical(runs: Path, tmp_path: Path) -> None:
    assert main(["train", *flags(tmp_path, EPOCHS)]) == 0
    assert_same_run(runs / "001", tmp_path / "001")


### EXERCISE: step
def test_a_loss_that_is_not_finite_stops_before_the_step(data: Data) -> None:
    config = Config(optimizer="sgd", lr=1e-6)
    model = build_model(config, data.state)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    broken = Split(data.train.x * torch.nan, data.train.y)
    with pytest.raises(ProjectError, match="not finite in epoch 0"):
        train_epoch(model, build_optimizer(config, model), broken, config, Progress())
    torch.testing.assert_close(model.state_dict(), before, rtol=0, atol=0)


def test_a_loss_that_is_not_finite_never_becomes_a_checkpoint(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = ["--lr", "1e38", "--optimizer", "sgd", "--epochs", "50"]
    assert main(["train", "--out", str(tmp_path), "--device", "cpu", *bad]) == 1
    assert "not finite in epoch" in capsys.readouterr().err
    assert not list(tmp_path.glob("*/last.pt"))
