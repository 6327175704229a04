"""The commands, and their errors."""

import csv
import re
import sys

import pytest

from package import __main__ as commands
from package import data


@pytest.fixture
def inputs(config, trained_folder, monkeypatch):
    """Names and values of one example, in the folder of a trained run."""
    monkeypatch.chdir(trained_folder)
    # {% if data_info %}
    example = data.make_datasets(config)[-1]["inputs"]
    # {% else %}
    example = data.INPUTS
    # {% endif %}
    return {name: str(value) for name, value in example.items()}


def test_train_writes_metrics_checkpoint_and_plots(trained_folder):
    run = trained_folder / "runs" / "001"
    assert len((run / "metrics.csv").read_text().splitlines()) == 1 + 3
    assert (run / "last.pt").exists()
    assert len(list(run.glob("*.png"))) >= 2


def test_evaluate_prints_loss_and_metric(inputs, capsys):
    commands.evaluate()
    assert "test_loss" in capsys.readouterr().out


def test_predict_accepts_values_and_csv_files(inputs, tmp_path, capsys):
    commands.predict(tuple(inputs.values()))
    alone = capsys.readouterr().out
    with (tmp_path / "new.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [*reversed(inputs), "other"])
        writer.writeheader()
        writer.writerow({**inputs, "other": "two\u2028lines"})
    commands.predict(input=tmp_path / "new.csv")
    assert capsys.readouterr().out == alone


def test_predict_names_the_inputs_if_values_are_missing(inputs):
    with pytest.raises(SystemExit, match=re.escape(next(iter(inputs)))):
        commands.predict(tuple(inputs.values())[:-1])


def test_resume_refuses_to_change_other_hyperparameters(config, inputs, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["train", "--resume", "--lr", "0.5"])
    with pytest.raises(SystemExit, match="lr cannot change"):
        commands.train(config.model_copy(update={"lr": 0.5}), resume=True)


def test_without_a_trained_run_the_error_says_so(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="train first"):
        commands.evaluate()
