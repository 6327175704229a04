"""Early stopping: after `patience` epochs without improvement, also when resumed."""

import pytest

from package.checkpoint import create_run
from package.early_stopping import should_stop
from package.train import train


@pytest.mark.parametrize(
    ("losses", "expected"),
    [([3, 2, 1], False), ([1, 2], False), ([3, 1, 2, 2], True), ([1, 2, 3, 0], False)],
)
def test_it_stops_after_patience_epochs_without_improvement(tmp_path, losses, expected):
    path = tmp_path / "metrics.csv"
    path.write_text("\n".join(["validation_loss", *map(str, losses)]) + "\n")
    assert should_stop(path, patience=2) is expected


def test_a_run_that_stopped_early_is_not_resumed(config, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    # A learning rate this small changes nothing: no epoch improves on the first one.
    config = config.model_copy(update={"epochs": 50, "patience": 2, "lr": 1e-30})
    run = create_run(config)
    train(config, run)
    assert len((run / "metrics.csv").read_text().splitlines()) == 1 + 3
    assert "stopped early in epoch 2" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="nothing to resume"):
        train(config, run, resume=True)
