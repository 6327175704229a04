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


def test_another_suffix_is_refused(folder):
    with pytest.raises(SystemExit, match="pt2"):
        export(output=folder / "model.bin")


class DataDependentControlFlow(nn.Module):
    def forward(self, x):
        return x if x.sum() > 0 else -x


def test_a_model_that_cannot_be_exported_is_refused_in_one_line():
    with pytest.raises(SystemExit, match=r"model\.py"):
        to_exported_program(DataDependentControlFlow(), torch.ones(1, 2))
