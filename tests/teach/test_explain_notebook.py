"""`scaffold explain --notebook`: the place of each cell, and what is missing."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import NAMES, Done

from scaffold.catalog.plugins import find_task
from scaffold.compose.recipe import Recipe
from scaffold.project.create import render_project
from scaffold.teach.cells import read_cells
from scaffold.teach.notebook import STEPS, list_places

Scaffold = Callable[..., Done]
NOTEBOOKS = Path(__file__).parent / "notebooks"

# For each notebook the task, the places of each code cell as module:function, and the
# cells of each finding.
EXPECTED: dict[str, tuple[str, list[str], dict[str, list[int]]]] = {
    "workflow": (
        "line",
        [
            "",
            "engine:get_device",
            "config:Config data:make_datasets",
            "data:make_datasets",
            "plots:plot_predictions",
            "train:train model:build_model",
            "engine:predict plots:plot_predictions",
            "loss:loss_fn train:train",
            "config:Config train:train train:train engine:train_epoch engine:evaluate",
            "train:save_plots",
            "",
            "checkpoint:save",
            "model:build_model engine:predict checkpoint:load",
        ],
        {},
    ),
    "circles": (
        "circle",
        [
            "config:Config data:make_datasets",
            "",
            "plots:plot_predictions",
            "data:make_datasets",
            "data:make_datasets",
            "engine:get_device model:build_model",
            "loss:loss_fn loss:metric_fn train:train",
            "engine:predict loss:to_predictions",
            "train:train train:train engine:train_epoch engine:evaluate "
            "loss:to_predictions",
            "",
            "plots:plot_predictions",
            "checkpoint:save",
        ],
        {"late seed": [6], "never loaded": [12]},
    ),
    "bare_line": (
        "line",
        [
            "",
            "data:make_datasets engine:get_device",
            "engine:get_device model:build_model loss:loss_fn train:train",
            "engine:train_epoch",
            "engine:get_device engine:predict",
            "checkpoint:save",
        ],
        {
            "no seed": [3],
            "no split": [4],
            "no zero_grad": [4],
            "no eval": [4],
            "no inference_mode": [4],
            "fixed device": [2, 3, 5],
            "model pickled": [6],
            "never loaded": [6],
        },
    ),
    "blobs": (
        "blobs",
        [
            "",
            "config:Config data:make_datasets data:make_datasets",
            "train:train model:build_model",
            "loss:loss_fn train:train",
            "loss:metric_fn",
            "train:train engine:train_epoch engine:evaluate loss:to_predictions",
            "engine:predict loss:to_predictions",
            "",
        ],
        {"no zero_grad": [6]},
    ),
    "functions": (
        "circle",
        [
            "",
            "config:Config",
            "data:make_datasets data:make_datasets engine:make_dataloader train:train",
            "model:build_model",
            "engine:train_epoch",
            "engine:evaluate loss:to_predictions",
            "model:build_model loss:loss_fn train:train",
            "",
            "loss:metric_fn engine:predict loss:to_predictions",
            "model:build_model checkpoint:save checkpoint:load",
            "",
        ],
        {},
    ),
}


def test_every_notebook_is_expected() -> None:
    assert {path.stem for path in NOTEBOOKS.glob("*.ipynb")} == EXPECTED.keys()


@pytest.mark.parametrize("name", EXPECTED)
def test_each_cell_has_its_place_and_nothing_else_is_found(
    name: str, scaffold: Scaffold
) -> None:
    task, places, findings = EXPECTED[name]
    done = scaffold("explain", "--notebook", NOTEBOOKS / f"{name}.ipynb", "--json")
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert found["task"] == task
    cells = [" ".join(step["place"] for step in c["steps"]) for c in found["cells"]]
    assert [re.sub(rf"my_{task}/(\w+)\.py", r"\1", cell) for cell in cells] == places
    assert {row["name"]: row["cells"] for row in found["findings"]} == findings
    problems = {cell["cell"]: cell["problem"] for cell in found["cells"]}
    broken = {8: "line 1: '(' was never closed"} if name == "blobs" else {}
    assert {number: p for number, p in problems.items() if p} == broken


@pytest.mark.parametrize("task", NAMES)
def test_every_place_exists_in_every_task(task: str) -> None:
    plugin = find_task(task)
    files = render_project(Recipe((plugin,)), {"project_name": "hw"}).files
    found = set()
    for notebook in NOTEBOOKS.glob("*.ipynb"):
        for cell in read_cells(notebook):
            for step, place in list_places(cell, plugin.task, "hw"):
                path, _, name = place.partition(":")
                text = files[path].data.decode()
                assert re.search(rf"^(def |class |){name}\b", text, re.M), step
                found.add(step)
    assert found == {step.name for step in STEPS}


def test_the_text_has_the_place_of_each_step_and_a_sentence_for_each_finding(
    scaffold: Scaffold,
) -> None:
    out = scaffold("explain", "--notebook", NOTEBOOKS / "bare_line.ipynb").out
    assert re.search(r"4  for i in range.*\n +training step +my_line/engine\.py", out)
    assert out.count("\n- ") == 8
    assert "(cell 2, 3, 5)" in out
    assert out.endswith("\nStart with: scaffold new my-line --task line\n")
    out = scaffold("explain", "--notebook", NOTEBOOKS / "blobs.ipynb").out
    assert "cannot be read: line 1: '(' was never closed" in out


def test_a_task_or_a_project_gives_the_names(
    scaffold: Scaffold, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("--notebook", NOTEBOOKS / "circles.ipynb")
    assert "my_digits/data.py" in scaffold("explain", "digits", *words).out
    folder = tmp_path / "rings"
    assert scaffold("new", folder, "--task", "circle", "--defaults").code == 0
    assert "rings/data.py" in scaffold("explain", folder, *words).out
    monkeypatch.chdir(folder / "tests")
    out = scaffold("explain", *words).out
    assert "rings/data.py" in out
    assert "Start with" not in out


def test_a_notebook_without_the_option_is_told_the_option(
    scaffold: Scaffold, tmp_path: Path
) -> None:
    option = "scaffold explain --notebook "
    path = write_notebook(tmp_path, "import torch")
    path = path.rename(tmp_path / "own.ipynb")
    done = scaffold("explain", path)
    assert done.code == 1
    assert f"{option}{path}" in done.err
    folder = tmp_path / "rings"
    assert scaffold("new", folder, "--task", "circle", "--defaults").code == 0
    path = path.rename(folder / "own.ipynb")
    assert f"{option}own.ipynb" in scaffold("explain", path).out


def test_data_that_another_module_splits_are_no_fault(
    scaffold: Scaffold, tmp_path: Path
) -> None:
    step = "loss.backward()"
    for load in ("data = own.load()", "train_set, test_set = torch.tensor(data)"):
        path = write_notebook(tmp_path, f"import torch, own\n{load}", step)
        assert "No test set" not in scaffold("explain", "--notebook", path).out
    path = write_notebook(tmp_path, "import torch\nx = torch.rand(9)", step)
    assert "No test set" in scaffold("explain", "--notebook", path).out


def test_no_code_of_a_notebook_is_run(scaffold: Scaffold, tmp_path: Path) -> None:
    code = "from pathlib import Path\nPath('run.txt').write_text('')\n!touch run.txt"
    path = write_notebook(tmp_path, code.replace("run.txt", str(tmp_path / "run.txt")))
    assert scaffold("explain", "--notebook", path).code == 0
    assert not (tmp_path / "run.txt").exists()


def write_notebook(folder: Path, *cells: object) -> Path:
    """Write a notebook with these sources of code cells."""
    rows = [{"cell_type": "code", "source": source} for source in cells]
    path = folder / "a.ipynb"
    path.write_text(json.dumps({"cells": rows, "nbformat": 4}))
    return path


NO_NOTEBOOK = {
    "empty": b"",
    "not JSON": b"import torch\n",
    "another document": b'{"name": "circle"}',
    "a list": b"[1, 2]",
    "version 3": b'{"worksheets": [{"cells": []}], "nbformat": 3}',
    "a cell without a type": b'{"cells": [{"source": "1"}]}',
    "a source of numbers": b'{"cells": [{"cell_type": "code", "source": [1]}]}',
    "cut off": b'{"cells": [{"cell_type": "code", "source": "impo',
    "deeply nested": b'{"cells": ' + b"[" * 100_000,
    "nested elsewhere": b'{"metadata": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "Latin-1": '{"cells": [{"cell_type": "code", "source": "é"}]}'.encode("latin-1"),
    "UTF-16": '{"cells": []}'.encode("utf-16"),
    "a lone surrogate": b'{"cells": [{"cell_type": "code", "source": "\\ud800"}]}',
}


@pytest.mark.parametrize("name", NO_NOTEBOOK)
def test_a_file_that_is_no_notebook_is_one_clear_error(
    name: str, scaffold: Scaffold, tmp_path: Path
) -> None:
    path = tmp_path / "a.ipynb"
    path.write_bytes(NO_NOTEBOOK[name])
    done = scaffold("explain", "--notebook", path)
    assert done.code == 1
    assert done.out == ""
    assert re.fullmatch(r"Error: .*a\.ipynb is no Jupyter notebook: .+\n", done.err)


UNREADABLE = {
    "brackets": "x = " + "(" * 5_000 + ")" * 5_000,
    "operators": "x = " + "-" * 40_000 + "1",
    "null": "x = 1\0",
    "long": "x = 1\n" * 10_000,
    "no Python": "let x = 1;",
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_cell_that_cannot_be_read_is_named_and_the_others_are_explained(
    name: str, scaffold: Scaffold, tmp_path: Path
) -> None:
    path = write_notebook(tmp_path, "epochs = 1", UNREADABLE[name], "lr = 0.1")
    done = scaffold("explain", "--notebook", path, "--json")
    assert done.code == 0, done.err
    cells = json.loads(done.out)["cells"]
    assert [bool(cell["problem"]) for cell in cells] == [False, True, False]
    assert [len(cell["steps"]) for cell in cells] == [1, 0, 1]


def test_long_chains_of_calls_are_read(scaffold: Scaffold, tmp_path: Path) -> None:
    chains = "x = y" + f"{'.a()' * 300}\nx = x" * 30
    path = write_notebook(tmp_path, chains, "lr = 0.1")
    cells = json.loads(scaffold("explain", "--notebook", path, "--json").out)["cells"]
    assert [len(cell["steps"]) for cell in cells] == [0, 1]


def test_what_only_ipython_understands_is_skipped(
    scaffold: Scaffold, tmp_path: Path
) -> None:
    lines = (
        *("%matplotlib inline", "!pip install \\", "  torch", "files = !ls", "?print"),
        *("torch.save?", "for i in range(2):", "    !echo {i}", "epochs = 3"),
        *("text = '%d' % 2", "print('%d'", "      % epochs)", "x = '\\d'"),
    )
    path = write_notebook(tmp_path, "\n".join(lines), "%%writefile a.py\nlr = 0.1")
    cells = json.loads(scaffold("explain", "--notebook", path, "--json").out)["cells"]
    assert [cell["problem"] for cell in cells] == [None, None]
    assert [len(cell["steps"]) for cell in cells] == [1, 0]


def test_control_characters_of_a_notebook_do_not_reach_the_terminal(
    scaffold: Scaffold, tmp_path: Path
) -> None:
    path = write_notebook(tmp_path, "x = 1  # \x1b]0;title\x07", "(\x1b[2J")
    assert "\x1b" not in scaffold("explain", "--notebook", path).out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--json"], "--json is for --notebook"),
        (["--notebook", "none.ipynb"], "none.ipynb"),
        (["squares", "--notebook", str(NOTEBOOKS / "blobs.ipynb")], "unknown task"),
    ],
)
def test_wrong_arguments_are_errors(
    words: list[str], message: str, scaffold: Scaffold
) -> None:
    done = scaffold("explain", *words)
    assert done.code == 2
    assert message in done.err
