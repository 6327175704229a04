"""The notebook of the feature `notebook`: valid, and executed by a Jupyter kernel."""

import os
from pathlib import Path

import nbformat
import pytest
from conftest import NAMES
from nbclient import NotebookClient
from task_plugins import render_task

from scaffold.catalog.plugins import find_feature, find_task
from scaffold.check.files import lint
from scaffold.compose.recipe import Recipe
from scaffold.project.create import RenderedProject, render_project, write_tree

FEATURE = find_feature("notebook")
PATH = "notebooks/walkthrough.ipynb"
FAST = ("circle", "line")
TASKS = [n if n in FAST else pytest.param(n, marks=pytest.mark.slow) for n in NAMES]


def render(task: str, **choices: str) -> RenderedProject:
    """Return a project of a task with the notebook."""
    recipe = Recipe((find_task(task), FEATURE), **choices)
    return render_project(recipe, {"project_name": "walked"})


def read(rendered: RenderedProject) -> nbformat.NotebookNode:
    return nbformat.reads(rendered.files[PATH].data.decode(), as_version=4)


def code_of(notebook: nbformat.NotebookNode) -> list[str]:
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def execute(folder: Path, monkeypatch: pytest.MonkeyPatch) -> nbformat.NotebookNode:
    """Return the notebook of a project, executed in its folder, as Jupyter does."""
    path = f"{folder}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    monkeypatch.setenv("PYTHONPATH", path)
    notebook = nbformat.read(folder / PATH, as_version=4)
    resources = {"metadata": {"path": str(folder / "notebooks")}}
    return NotebookClient(notebook, timeout=300, resources=resources).execute()


def outputs_of(notebook: nbformat.NotebookNode) -> tuple[str, int]:
    """Return the text that the cells printed, and the number of their images."""
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", ())]
    text = "".join(out.get("text", "") for out in outputs)
    return text, sum("image/png" in out.get("data", ()) for out in outputs)


@pytest.mark.parametrize("task", TASKS)
def test_a_kernel_executes_every_cell(
    task: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(render(task).files, tmp_path)
    text, n_images = outputs_of(execute(tmp_path, monkeypatch))
    assert "the same outputs: True" in text
    assert "epoch 4  " in text
    assert n_images >= 4  # labels, predictions before and after, learning curves
    assert (tmp_path / "runs" / "001" / "metrics.csv").exists()


@pytest.mark.slow
def test_a_kernel_executes_it_for_a_task_of_the_family_custom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(render_task("throw", FEATURE), tmp_path)
    assert "the same outputs: True" in outputs_of(execute(tmp_path, monkeypatch))[0]


@pytest.mark.parametrize("task", NAMES)
def test_jupyter_would_save_the_same_bytes(task: str) -> None:
    rendered = render(task)
    notebook = read(rendered)
    nbformat.validate(notebook)
    assert nbformat.writes(notebook) + "\n" == rendered.files[PATH].data.decode()


@pytest.mark.parametrize("task", NAMES)
def test_lesson_comments_are_markdown_cells_and_brief_has_none(task: str) -> None:
    lesson, brief = read(render(task)), read(render(task, comments="brief"))
    assert code_of(lesson) == code_of(brief)
    assert "# why:" not in "".join(code_of(lesson))
    texts = [cell.source for cell in lesson.cells if cell.cell_type == "markdown"]
    kept = [cell.source for cell in brief.cells if cell.cell_type == "markdown"]
    assert any(text.startswith("Look at some examples") for text in texts)
    assert kept == [text for text in texts if text.startswith("#")]


def test_in_an_exercise_the_training_step_is_left_to_the_learner(
    tmp_path: Path,
) -> None:
    rendered = render("circle", variant="exercise")
    for tree in (rendered.files, rendered.template):
        for path, file in tree.items():
            assert b"  # 4. backpropagation" not in file.data, path
    assert "exercise 5: " in "".join(code_of(read(rendered)))
    write_tree(rendered.files, tmp_path)
    assert list(lint(tmp_path)) == []
