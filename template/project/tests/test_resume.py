"""Training that was stopped goes on as if it had never been."""

import signal
from itertools import count
from pathlib import Path

import pytest
from conftest import EPOCHS, assert_same_run, flags

from package import checkpoint
from package.__main__ import main
from package.tools.interrupt import Interrupt
from package.tools.lock import locked


def test_a_resumed_run_ends_like_one_that_never_stopped(
    runs: Path, tmp_path: Path
) -> None:
    assert main(["train", *flags(tmp_path, EPOCHS // 2)]) == 0
    resume = ["--resume", "--epochs", str(EPOCHS), "--out", str(tmp_path)]
    assert main(["train", *resume]) == 0
    assert_same_run(runs / "001", tmp_path / "001")


def test_a_run_stopped_inside_an_epoch_ends_like_one_that_never_stopped(
    runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = count()

    def stop_once(interrupt: Interrupt) -> None:
        if next(calls) == 1:
            signal.raise_signal(signal.SIGINT)
        after_step(interrupt)

    after_step = Interrupt.after_step
    monkeypatch.setattr(Interrupt, "after_step", stop_once)
    with pytest.raises(SystemExit) as stopped:
        main(["train", *flags(tmp_path, EPOCHS)])
    assert stopped.value.code == 130
    assert checkpoint.load(tmp_path / "001" / "last.pt").progress.step > 0
    assert main(["train", "--resume", "--out", str(tmp_path)]) == 0
    assert_same_run(runs / "001", tmp_path / "001")


def test_a_resumed_run_keeps_no_row_that_its_checkpoint_does_not_know(
    runs: Path, tmp_path: Path
) -> None:
    assert main(["train", *flags(tmp_path, EPOCHS // 2)]) == 0
    with (tmp_path / "001" / "metrics.csv").open("a", encoding="utf-8") as file:
        file.write(f"{EPOCHS // 2},9.0,9.0,9.0\n{EPOCHS // 2 + 1},1e-")
    resume = ["--resume", "--epochs", str(EPOCHS), "--out", str(tmp_path)]
    assert main(["train", *resume]) == 0
    assert_same_run(runs / "001", tmp_path / "001")


def test_a_run_is_trained_by_one_process_at_a_time(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    resume = ["train", "--resume", "--out", str(runs), "--epochs", str(EPOCHS + 1)]
    with locked(runs / "001"):
        assert main(resume) == 1
    assert "trained by another process" in capsys.readouterr().err
