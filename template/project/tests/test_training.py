"""Training learns, repeats itself, and resumes as if it had never stopped."""

from pathlib import Path

import pytest
import torch
from conftest import EPOCHS, flags

from package import checkpoint
from package.__main__ import main
from package.config import Config
from package.contract import Data, Split
from package.engine import batches, train_epoch
from package.model import build_model
from package.train import build_optimizer


def test_an_epoch_shows_every_example_once_in_an_order_of_its_own() -> None:
    numbers = Split(torch.arange(10), torch.arange(10))
    orders = [
        [batch.x.tolist() for batch in batches(numbers, 4, seed=1, epoch=epoch)]
        for epoch in (0, 0, 1)
    ]
    assert orders[0] == orders[1] != orders[2]
    assert [len(batch) for batch in orders[0]] == [4, 4, 2]
    assert sorted(row for batch in orders[2] for row in batch) == list(range(10))


def test_training_changes_every_weight(data: Data) -> None:
    config = Config(optimizer="adam")
    model = build_model(config, data.state)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    train_epoch(model, build_optimizer(config, model), data.train, config, epoch=0)
    for name, value in model.named_parameters():
        assert not torch.equal(value, before[name]), name


# {% if expected %}
def test_a_handful_of_examples_can_be_learned(data: Data) -> None:
    few = Split(data.train.x[:8], data.train.y[:8])
    config = Config(optimizer="adam", lr=0.02)
    torch.manual_seed(config.seed)
    model = build_model(config, data.state)
    optimizer = build_optimizer(config, model)
    losses = [train_epoch(model, optimizer, few, config, epoch) for epoch in range(300)]
    assert losses[-1] < 0.1 * losses[0]


# {% endif %}
def test_two_runs_with_one_seed_are_identical(runs: Path, tmp_path: Path) -> None:
    assert main(["train", *flags(tmp_path, EPOCHS)]) == 0
    assert_same_run(runs / "001", tmp_path / "001")


def test_a_resumed_run_ends_like_one_that_never_stopped(
    runs: Path, tmp_path: Path
) -> None:
    assert main(["train", *flags(tmp_path, EPOCHS // 2)]) == 0
    resume = ["--resume", "--epochs", str(EPOCHS), "--out", str(tmp_path)]
    assert main(["train", *resume]) == 0
    assert_same_run(runs / "001", tmp_path / "001")


def test_a_loss_that_is_not_finite_stops_training(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = ["--lr", "1e38", "--optimizer", "sgd", "--epochs", "50"]
    assert main(["train", "--out", str(tmp_path), "--device", "cpu", *bad]) == 1
    assert "not finite in epoch" in capsys.readouterr().err
    assert not list(tmp_path.glob("*/last.pt"))


def assert_same_run(one: Path, other: Path) -> None:
    """Compare record, weights and optimizer of two runs, bit for bit."""
    assert (one / "metrics.csv").read_text() == (other / "metrics.csv").read_text()
    first, second = (checkpoint.load(run / "last.pt") for run in (one, other))
    torch.testing.assert_close(first.model, second.model, rtol=0, atol=0)
    torch.testing.assert_close(first.optimizer, second.optimizer, rtol=0, atol=0)
