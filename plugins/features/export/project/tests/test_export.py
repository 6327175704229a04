"""Export: the program gives the outputs of the model, for any number of rows."""

import json

import pytest
import torch
from torch import nn

from package import checkpoint
from package.engine import predict
from package.export import export, to_exported_program


@pytest.fixture
def folder(trained_folder, tmp_path, monkeypatch):
    monkeypatch.chdir(trained_folder)
    return tmp_path


def test_the_program_gives_the_outputs_of_the_model(folder, datasets):
    export(output=folder / "model.pt2")
    program = torch.export.load(folder / "model.pt2").module()
    _, _, model = checkpoint.load_run()
    for n_rows in (1, 3, 10):
        x, _ = datasets[0][:n_rows]
        expected = predict(model, x)
        torch.testing.assert_close(program(x), expected, rtol=1e-4, atol=1e-4)


def test_the_file_says_how_inputs_are_encoded(folder):
    extra = {"preprocessing.json": ""}
    export(output=folder / "model.pt2")
    program = torch.export.load(folder / "model.pt2", extra_files=extra).module()
    info = json.loads(extra["preprocessing.json"])
    assert len(info["inputs"]) > 0
    assert len(program(torch.tensor(info["encoded_example"]))) == 1


@pytest.mark.parametrize("name", ["model.bin", "missing/model.pt2"])
def test_an_output_that_torch_cannot_write_or_load_is_refused(folder, name):
    with pytest.raises(SystemExit, match=r"must end in \.pt2, in a folder that exists"):
        export(output=folder / name)


class DataDependentControlFlow(nn.Module):
    def forward(self, x):
        return x if x.sum() > 0 else -x


def test_a_model_that_cannot_be_exported_is_refused_in_one_line(capfd):
    with pytest.raises(SystemExit, match=r"model\.py") as refused:
        to_exported_program(DataDependentControlFlow(), torch.ones(1, 2))
    assert "\n" not in str(refused.value)
    assert capfd.readouterr().err == ""


class Conditional(nn.Module):
    def forward(self, x):
        return torch.cond(x.sum() > 0, torch.sin, torch.cos, (x,))


def test_a_program_has_no_paths_of_this_machine(tmp_path):
    program = to_exported_program(Conditional(), torch.ones(1, 2))
    torch.export.save(program, tmp_path / "model.pt2")
    assert __file__.encode() not in (tmp_path / "model.pt2").read_bytes()
