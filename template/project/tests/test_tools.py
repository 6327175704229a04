"""What serves around training: doctor finds what is wrong, runs tells runs apart."""

import csv
import shutil
from pathlib import Path

import pytest
import torch
from conftest import EPOCHS, flags

from package.__main__ import main
from package.contract import State
from package.errors import ProjectError
from package.objective import METRIC
from package.tools import doctor, rehearsal
from package.tools.compare import best

Captured = pytest.CaptureFixture[str]


def test_doctor_says_yes_to_every_step(capsys: Captured) -> None:
    assert main(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith("yes  ") for line in lines)
    names = [line.split(":")[0].removeprefix("yes  ") for line in lines]
    assert names[-len(doctor.STEPS) :] == doctor.STEPS


def test_doctor_says_what_to_type_when_a_package_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setattr(doctor, "requirements", lambda: ["nowhere>=1", "torch>=999.1"])
    assert main(["doctor"]) == 1
    _, missing, old = capsys.readouterr().out.splitlines()
    command = "type: python -m pip install"
    assert missing == f"no   nowhere: not installed; {command} 'nowhere>=1'"
    assert old.endswith(f"is too old; {command} 'torch>=999.1'")


def test_doctor_names_the_step_that_fails_and_what_to_mend(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    def no_data(config: object) -> None:
        raise ProjectError("no table; put it into data/")

    monkeypatch.setattr(rehearsal, "load_data", no_data)
    assert main(["doctor"]) == 1
    printed = capsys.readouterr()
    assert printed.out.splitlines()[-1] == "no   data: no table; put it into data/"
    assert printed.err.count("\n") == 1


def test_doctor_shows_an_error_in_the_code_as_one_line_with_its_place(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    def wrong_model(config: object, state: State) -> torch.nn.Module:
        return torch.nn.Linear(12_345, 1)

    monkeypatch.setattr(rehearsal, "build_model", wrong_model)
    assert main(["doctor"]) == 1
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("no   forward: RuntimeError: ")
    assert "rehearsal.py, line " in last


def test_runs_shows_results_and_only_the_settings_that_differ(
    runs: Path, tmp_path: Path, capsys: Captured
) -> None:
    shutil.copytree(runs / "001", tmp_path / "001")
    assert main(["train", *flags(tmp_path, 1), "--seed", "7"]) == 0
    capsys.readouterr()
    assert main(["runs", "--out", str(tmp_path)]) == 0
    header, first, second = capsys.readouterr().out.splitlines()
    assert header.split()[-2:] == ["test_loss", "seed"]
    with (runs / "001" / "metrics.csv").open(encoding="utf-8") as file:
        last = list(csv.DictReader(file))[-1]
    shown = [f"{float(last[name]):.4f}" for name in (METRIC.name, "test_loss")]
    assert first.split()[:2] == ["001", str(EPOCHS)]
    assert first.split()[3:5] == shown
    assert second.split()[:2] == ["002", "1"]
    assert second.split()[-1] == "7"


def test_the_best_epoch_is_that_of_the_validation_part_if_there_is_one() -> None:
    rows = [{"epoch": str(n), METRIC.name: str(n)} for n in range(3)]
    assert best(rows)["epoch"] == ("2" if METRIC.higher_is_better else "0")
    for row, loss in zip(rows, ("3", "1", "2"), strict=True):
        row["validation_loss"] = loss
    assert best(rows)["epoch"] == "1"


@pytest.mark.parametrize(
    ("record", "shown"),
    [("", "none yet"), ("epoch,loss\n0,low\n", "damaged"), ("epoch\n0\n", "damaged")],
)
def test_runs_says_so_when_a_run_is_empty_or_damaged(
    record: str, shown: str, tmp_path: Path, capsys: Captured
) -> None:
    (tmp_path / "001").mkdir()
    (tmp_path / "001" / "config.json").write_text("[]")
    (tmp_path / "001" / "metrics.csv").write_text(record)
    assert main(["runs", "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines()[1].startswith(f"001  {shown}")
