"""The feature export: the program runs where the project is not."""

import json
import re
import shutil
from pathlib import Path

import pytest
from conftest import make_project, run_python

SNIPPET = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
OUTPUTS_OF_THE_MODEL = """
from x import checkpoint, data, engine
x = data.encode_inputs([{name: str(value) for name, value in data.INPUTS.items()}])
print(engine.predict(checkpoint.load_run()[2], x).tolist())
"""
CONTROL_FLOW = "return self.layers(x).squeeze(dim=1) if x.sum() > 0 else x"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a trained project with an exported model."""
    words = ["--task", "circle", "--with", "export", "--no-git"]
    made = make_project(tmp_path_factory.mktemp("export"), "x", words)
    for command in (["train", "--epochs", "5", "--device", "cpu"], ["export"]):
        done = run_python("-m", "x", *command, folder=made)
        assert done.code == 0, done.err
    assert done.out == f"exported: {Path('runs/001/model.pt2')}\n"
    return made


def test_the_snippet_of_the_readme_gives_the_outputs_of_the_model_without_the_project(
    folder: Path, tmp_path: Path
) -> None:
    shutil.copy(folder / "runs/001/model.pt2", tmp_path)
    (snippet,) = SNIPPET.findall((folder / "README.md").read_text())
    code = f"import sys; sys.modules['x'] = None\n{snippet}\nprint(outputs.tolist())"
    done = run_python("-c", code, folder=tmp_path)
    expected = run_python("-c", OUTPUTS_OF_THE_MODEL, folder=folder)
    assert done.code == expected.code == 0, done.err + expected.err
    assert json.loads(done.out) == json.loads(expected.out)


def test_a_program_has_no_paths_of_this_machine(folder: Path) -> None:
    content = (folder / "runs/001/model.pt2").read_bytes()
    for path in (folder, Path(pytest.__file__).parent.parent):
        assert str(path).encode() not in content


@pytest.mark.parametrize(
    ("words", "code"), [(["--output", "x.bin"], 1), (["--output", "no/x.pt2"], 1)]
)
def test_a_wrong_output_is_refused_in_one_line(
    words: list[str], code: int, folder: Path
) -> None:
    done = run_python("-m", "x", "export", *words, folder=folder)
    assert (done.code, done.out) == (code, "")
    assert re.fullmatch(r"error: --output must end in \.pt2.*\n", done.err)


def test_a_model_that_cannot_be_exported_is_refused_in_one_line(
    folder: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(folder, tmp_path / "copy")
    model = copy / "x/model.py"
    code = model.read_text()
    assert "return self.layers(x).squeeze(dim=1)" in code
    model.write_text(code.replace("return self.layers(x).squeeze(dim=1)", CONTROL_FLOW))
    done = run_python("-m", "x", "export", folder=copy)
    warning, error = done.err.splitlines()
    assert done.code == 1
    assert "model.py has changed" in warning
    assert error.startswith("error: torch.export failed on forward() in model.py: ")
