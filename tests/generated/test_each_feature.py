"""Each built-in feature alone: clean code, nothing unused, and its own tests pass."""

import ast
from pathlib import Path

import pytest
import vulture
from conftest import FEATURES, TASKS, run_python

from scaffold.catalog.plugins import Plugin, find_feature
from scaffold.check.contract import lint
from scaffold.compose.recipe import Recipe
from scaffold.compose.rules import find_conflict, resolve
from scaffold.project.create import render_project, write_tree


def choose_task(feature: Plugin) -> Plugin:
    """Return circle, or the first task that the feature works with."""
    tasks = sorted(TASKS, key=lambda task: task.name != "circle")
    return next(task for task in tasks if not find_conflict(feature, task, ()))


@pytest.fixture(scope="module", params=FEATURES, ids=lambda feature: feature.name)
def feature(request: pytest.FixtureRequest) -> Plugin:
    plugin = request.param
    assert isinstance(plugin, Plugin)
    return plugin


@pytest.fixture(scope="module")
def folder(feature: Plugin, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project with this feature, and those that it requires."""
    task = choose_task(feature)
    recipe = Recipe((task, *resolve(task, [feature], find_feature)))
    path = tmp_path_factory.mktemp(feature.name) / "p"
    write_tree(render_project(recipe, {"project_name": "p"}).files, path)
    return path


def test_its_project_is_clean(folder: Path) -> None:
    assert list(lint(folder)) == []


def test_nothing_in_its_project_is_unused(folder: Path) -> None:
    # PyTorch calls forward, and Python hands a frame to each signal handler.
    names, decorators = ["forward", "extra_repr", "frame"], ["@app.*"]
    finder = vulture.Vulture(ignore_names=names, ignore_decorators=decorators)
    finder.scavenge([folder])
    unused = finder.get_unused_code(min_confidence=60)
    in_package = [item for item in unused if folder / "p" in item.filename.parents]
    assert [item.get_report() for item in in_package] == []


def test_each_module_is_imported_by_another(folder: Path) -> None:
    package = folder / "p"
    imported: set[str] = set()
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                imported |= set((node.module or "").split("."))
                imported |= {alias.name for alias in node.names}
    modules = {path.stem for path in package.rglob("*.py")}
    assert modules - imported <= {"__init__", "__main__"}


def test_its_own_tests_pass(feature: Plugin, folder: Path) -> None:
    tests = [path.name for path in (feature.folder / "project/tests").glob("test_*")]
    assert tests
    words = ["-q", "-p", "no:cacheprovider", *(f"tests/{name}" for name in tests)]
    done = run_python("-m", "pytest", *words, folder=folder)
    assert done.code == 0, done.out
