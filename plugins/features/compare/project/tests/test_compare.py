"""The command runs: what it says of good, interrupted and damaged runs."""

import json
import shutil

import pytest

from package.compare import runs


@pytest.fixture
def folder(trained_folder, tmp_path, monkeypatch):
    """Return runs/ with a finished run and a copy of it."""
    shutil.copytree(trained_folder / "runs", tmp_path / "runs")
    shutil.copytree(tmp_path / "runs" / "001", tmp_path / "runs" / "002")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "runs"


def change_config(run, **values):
    path = run / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def test_only_differing_hyperparameters_are_shown(folder, capsys):
    change_config(folder / "002", lr=0.125)
    runs()
    header, first, second, *_ = capsys.readouterr().out.splitlines()
    assert "lr" in header.split()
    assert "seed" not in header.split()
    assert "3 epochs" in first
    assert "0.125" in second
    assert (folder / "comparison.png").exists()


def test_an_interrupted_run_is_shown_as_such(folder, capsys):
    change_config(folder / "002", epochs=9)
    runs()
    assert "3 of 9 epochs" in capsys.readouterr().out


def test_runs_with_different_models_are_told_apart(folder, capsys):
    (folder / "002" / "last.pt").unlink()
    runs()
    assert "model_code" in capsys.readouterr().out


def test_a_damaged_run_does_not_hide_the_others(folder, capsys):
    (folder / "002" / "metrics.csv").write_text("damaged")
    runs()
    assert "no metrics" in capsys.readouterr().out


def test_without_runs_the_error_says_so(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="train first"):
        runs()
