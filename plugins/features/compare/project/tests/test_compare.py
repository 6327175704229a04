"""The command runs: what it prints of good, interrupted and damaged runs."""

import json
import shutil

import pytest
import torch

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


def print_table(capsys):
    """Return the header and the rows that `runs` prints."""
    runs()
    header, *rows, _ = capsys.readouterr().out.splitlines()
    return header.split(), rows


def test_only_differing_hyperparameters_are_shown(folder, capsys):
    change_config(folder / "002", lr=0.125)
    header, (first, second) = print_table(capsys)
    assert "lr" in header
    assert not {"seed", "code", "git_commit"} & set(header)
    assert "3 epochs" in first
    assert "0.125" in second
    assert (folder / "comparison.png").exists()


def test_last_and_best_metrics_are_shown(folder, capsys):
    path = folder / "002" / "metrics.csv"
    names = path.read_text().splitlines()[0]
    path.write_text(f"{names}\n0,1,0.123456,1\n1,1,0.5,1\n2,1,0.25,1\n")
    header, (_, row) = print_table(capsys)
    values = dict(zip(header, row.replace(" epochs", "").split(), strict=True))
    loss = next(name for name in header if name.endswith("_loss"))
    assert (values[loss], values[f"best_{loss}"]) == ("0.25", "0.1235")
    assert values["best_epoch"] == "0"


def test_an_interrupted_run_is_shown_as_such(folder, capsys):
    change_config(folder / "002", epochs=9)
    assert "3 of 9 epochs" in print_table(capsys)[1][1]
    (folder / "002" / "metrics.csv").unlink()
    assert "0 of 9 epochs" in print_table(capsys)[1][1]


def test_runs_with_different_models_are_told_apart(folder, capsys):
    path = folder / "002" / "last.pt"
    content = torch.load(path, weights_only=True)
    torch.save(content | {"model_code": "another model"}, path)
    header, (first, second) = print_table(capsys)
    assert header[-1] == "code"
    assert first.split()[-1] != second.split()[-1]


def test_runs_of_different_commits_are_told_apart(folder, capsys):
    change_config(folder / "002", git_commit="0123456789", git_dirty=True)
    assert "0123456-dirty" in print_table(capsys)[1][1]


@pytest.mark.parametrize("name", ["metrics.csv", "config.json"])
@pytest.mark.parametrize("text", ["", "damaged", "[1]\n2", "epoch,test_loss\n0,"])
def test_a_damaged_run_does_not_hide_the_others(folder, capsys, name, text):
    (folder / "001" / name).write_text(text)
    _, (first, second) = print_table(capsys)
    assert f"damaged {name}" in first
    assert "3 epochs" in second


def test_a_damaged_checkpoint_does_not_hide_the_run(folder, capsys):
    (folder / "002" / "last.pt").write_bytes(b"damaged")
    assert "no checkpoint" in print_table(capsys)[1][1]


def test_without_runs_the_error_says_so(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="train first"):
        runs()
