"""The commands work, and answer a mistake with one line that helps."""

import csv
from pathlib import Path

import pytest
from conftest import EPOCHS, flags

from package.__main__ import main
from package.config import Config
from package.contract import Data
from package.objective import METRIC

Captured = pytest.CaptureFixture[str]


def test_train_leaves_a_record_of_the_run(runs: Path) -> None:
    run = runs / "001"
    names = {path.name for path in run.iterdir()}
    assert {"config.json", "last.pt", "loss.png", "metrics.csv"} <= names
    rows = list(csv.DictReader((run / "metrics.csv").read_text().splitlines()))
    columns = ["epoch", "train_loss", "test_loss", METRIC.name, "validation_loss"]
    assert list(rows[0]) == columns[: len(rows[0])]
    assert [int(row["epoch"]) for row in rows] == list(range(EPOCHS))


def test_evaluate_prints_the_figures_that_training_ended_with(
    runs: Path, capsys: Captured
) -> None:
    assert main(["evaluate", "--out", str(runs), "--device", "cpu"]) == 0
    record = (runs / "001" / "metrics.csv").read_text()
    *_, last = csv.DictReader(record.splitlines())
    printed = capsys.readouterr().out.splitlines()[-1]
    assert printed.split()[1::2] == [last["test_loss"], last[METRIC.name]]


def test_predict_reads_values_and_files_alike(
    runs: Path, data: Data, tmp_path: Path, capsys: Captured
) -> None:
    inputs = data.state["inputs"]
    values = [str(value) for value in inputs.values()]
    reader = ["predict", "--out", str(runs), "--device", "cpu"]
    assert main([*reader, "--", *values]) == 0
    printed = capsys.readouterr().out.splitlines()
    with (tmp_path / "in.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([inputs, values])
    files = ["--input", str(tmp_path / "in.csv"), "--output", str(tmp_path / "out.csv")]
    assert main([*reader, *files]) == 0
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        assert [row[0] for row in csv.reader(file)] == ["prediction", *printed]


def test_a_file_without_rows_is_refused_in_a_line(
    runs: Path, tmp_path: Path, capsys: Captured
) -> None:
    (tmp_path / "empty.csv").write_text("\n\n")
    reader = ["predict", "--out", str(runs), "--device", "cpu"]
    assert main([*reader, "--input", str(tmp_path / "empty.csv")]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert error.count("\n") == 1


def test_plot_draws_the_pictures_again(runs: Path) -> None:
    pictures = list((runs / "001").glob("*.png"))
    for picture in pictures:
        picture.unlink()
    assert main(["plot", "--out", str(runs), "--device", "cpu"]) == 0
    assert len(pictures) >= 2
    assert all(picture.exists() for picture in pictures)


def test_each_run_has_a_folder_of_its_own(tmp_path: Path) -> None:
    for _ in range(2):
        assert main(["train", *flags(tmp_path, epochs=1)]) == 0
    assert sorted(run.name for run in tmp_path.iterdir()) == ["001", "002"]


@pytest.mark.parametrize(
    ("command", "code", "message"),
    [
        ("train --lr -1", 2, "above 0"),
        ("train --epochs many", 2, "invalid int"),
        ("train --optimizer newton", 2, "invalid choice"),
        ("train --device toaster", 2, "no device 'toaster'"),
        ("train --resume 7", 1, "no trained run 7"),
        ("train --seed -1", 2, "0 or more"),
        ("evaluate", 1, "no trained run"),
        ("evaluate --checkpoint nowhere.pt", 1, "no trained run nowhere.pt"),
        ("predict", 2, "values of one example"),
        ("juggle", 2, "invalid choice"),
    ],
)
def test_a_mistake_gets_one_line_that_says_what_is_wrong(
    command: str, code: int, message: str, tmp_path: Path, capsys: Captured
) -> None:
    words = command.split()
    out = ["--out", str(tmp_path)] if words[0] != "juggle" else []
    try:
        assert main([*words, *out]) == code
    except SystemExit as stopped:  # argparse leaves this way
        assert stopped.code == code
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert error.count("\n") == 1
    assert message in error
    assert not list(tmp_path.iterdir())


def test_resuming_with_another_setting_is_refused(runs: Path, capsys: Captured) -> None:
    resume = ["train", "--resume", "--out", str(runs), "--lr", str(2 * Config().lr)]
    assert main(resume) == 2
    assert "has --lr" in capsys.readouterr().err
