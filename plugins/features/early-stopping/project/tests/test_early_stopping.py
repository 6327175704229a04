"""Early stopping: after `patience` epochs without improvement, also when resumed."""

import pytest
from pydantic import ValidationError

from package import checkpoint
from package import train as train_module
from package.checkpoint import prepare_run
from package.early_stopping import should_stop
from package.train import train


@pytest.mark.parametrize(
    ("losses", "expected"),
    [([3, 2, 1], False), ([1, 2], False), ([3, 1, 2, 2], True), ([1, 2, 3, 0], False)],
)
def test_it_stops_after_patience_epochs_without_improvement(tmp_path, losses, expected):
    path = tmp_path / "metrics.csv"
    path.write_text("\n".join(["validation_loss", *map(str, losses)]) + "\n")
    assert should_stop(path, len(losses), patience=2) is expected


def test_epochs_that_the_checkpoint_does_not_have_are_ignored(tmp_path):
    path = tmp_path / "metrics.csv"
    path.write_text("validation_loss\n1\n2\n3\n")
    assert not should_stop(path, 2, patience=2)
    assert should_stop(path, 3, patience=2)


@pytest.fixture
def stopping(config, tmp_path, monkeypatch):
    """Return a config with which training stops in epoch 2, and the folder of a run."""
    monkeypatch.chdir(tmp_path)
    # A learning rate this small changes nothing: no epoch improves on the first one.
    config = config.model_copy(update={"epochs": 50, "patience": 2, "lr": 1e-30})
    return config, prepare_run(config)


def test_resuming_a_run_that_stopped_early_only_draws_its_plots_again(stopping, capsys):
    config, run = stopping
    train(config, run)
    metrics = (run / "metrics.csv").read_text()
    assert len(metrics.splitlines()) == 1 + 3
    for plot in run.glob("*.png"):
        plot.unlink()
    train(config, run)
    assert (run / "metrics.csv").read_text() == metrics
    assert len(list(run.glob("*.png"))) >= 2
    text = "stopped early in epoch 2: no improvement since"
    assert capsys.readouterr().out.count(text) == 2


def test_a_damaged_metrics_file_is_refused(tmp_path):
    path = tmp_path / "metrics.csv"
    path.write_text("epoch,loss\n0,1\n")
    with pytest.raises(ValidationError):
        should_stop(path, 1, patience=2)


def test_a_resumed_run_stops_in_the_same_epoch(stopping):
    config, run = stopping
    train(config.model_copy(update={"epochs": 2}), run)
    train(config, run)
    assert len((run / "metrics.csv").read_text().splitlines()) == 1 + 3


def test_the_model_of_the_best_epoch_is_used_after_stopping(stopping, monkeypatch):
    config, run = stopping
    losses = iter([3.0, 1.0, 2.0, 2.0])
    evaluate = train_module.evaluate

    def scripted(*arguments):
        return next(losses, evaluate(*arguments)[0]), evaluate(*arguments)[1]

    monkeypatch.setattr(train_module, "evaluate", scripted)
    train(config, run)
    _, _, model = checkpoint.load_run()
    assert checkpoint.load(run / "best.pt", model) == 2
    assert checkpoint.load(run / "last.pt", model) == 4
