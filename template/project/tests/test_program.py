"""A program predicts what its model does, also where this project is not."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from package.__main__ import main
from package.config import Config
from package.contract import Data
from package.data import read_inputs
from package.device import place
from package.engine import compute_outputs, predict
from package.model import build_model
from package.tools import program
from package.tools.export import write_program
from package.tools.runs import trained_model

Captured = pytest.CaptureFixture[str]

# All that another project needs to know: the lines of the README, and a check.
READER = """
import json, sys, torch
sys.modules[sys.argv[2]] = None  # whoever imports the project fails
extra = {"inputs.json": ""}
program = torch.export.load(sys.argv[1], extra_files=extra).module()
inputs = json.loads(extra["inputs.json"])
found = program(torch.tensor(json.load(sys.stdin)))
found += program(torch.tensor(inputs["example"]))
print(json.dumps([part.tolist() for part in found]))
"""


def test_the_file_alone_predicts_what_the_project_does(
    exported: Path, runs: Path, data: Data, tmp_path: Path
) -> None:
    saved, model = trained_model(runs / "001" / "last.pt", torch.device("cpu"))
    done = subprocess.run(
        [sys.executable, "-c", READER, exported, program.PACKAGE],
        cwd=tmp_path,
        input=json.dumps(data.test.x.tolist()),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    values = [str(value) for value in saved.state["inputs"].values()]
    expected = []
    for x in (data.test.x, read_inputs([values], saved.state)):
        expected.append(predict(model, x, saved.state).tolist())
        expected.append(compute_outputs(model, x).tolist())
    assert found == expected


@pytest.mark.parametrize("precision", ["float32", "bf16"])
def test_a_program_takes_any_number_of_rows(
    precision: str, runs: Path, data: Data, tmp_path: Path
) -> None:
    model = build_model(Config(), data.state)
    model = place(model, torch.device("cpu"), precision)
    write_program(tmp_path / "model.pt2", model, data.state)
    again = program.read_program(tmp_path / "model.pt2")
    for rows in (1, 2, 1_000, 10_000):
        x = data.test.x[torch.arange(rows) % len(data.test.x)]
        assert torch.equal(again.outputs(x), compute_outputs(model, x))
        assert torch.equal(again(x), predict(model, x, data.state))


def test_predict_says_the_same_by_a_program(
    exported: Path, runs: Path, data: Data, capsys: Captured
) -> None:
    values = ["--", *(str(value) for value in data.state["inputs"].values())]
    assert main(["predict", "--out", str(runs), "--device", "cpu", *values]) == 0
    printed = capsys.readouterr().out
    assert main(["predict", "--program", str(exported), *values]) == 0
    assert capsys.readouterr().out == printed


def test_a_program_lies_beside_its_checkpoint_unless_told_otherwise(
    runs: Path, capsys: Captured
) -> None:
    assert main(["export", "--out", str(runs)]) == 0
    assert capsys.readouterr().out == f"program: {runs / '001' / 'last.pt2'}\n"
    assert (runs / "001" / "last.pt2").exists()
