"""The size of a project: `circle` can be read in twenty minutes."""

import ast
from pathlib import PurePosixPath

import pytest

from scaffold.catalog.plugins import find_feature, find_task
from scaffold.compose.recipe import Recipe
from scaffold.project.bundle import BUNDLE
from scaffold.project.create import render_project


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    """Return the files of a project of `circle`, at its defaults, as text."""
    recipe = Recipe((find_task("circle"),))
    tree = render_project(recipe, {"project_name": "my-circle"}).files
    return {path: file.data.decode() for path, file in tree.items() if path != BUNDLE}


@pytest.fixture(scope="module")
def package(files: dict[str, str]) -> dict[str, str]:
    """Return the modules of the package, by name."""
    paths = (PurePosixPath(path) for path in files)
    found = (path for path in paths if path.parts[0] == "my_circle")
    return {path.stem: files[str(path)] for path in found}


def count_lines(texts: dict[str, str]) -> int:
    return sum(text.count("\n") for text in texts.values())


def test_the_whole_project_is_small(files: dict[str, str]) -> None:
    assert len(files) + 1 <= 26  # with the template bundle
    assert count_lines(files) <= 1000
    assert files["README.md"].count("\n") < 80


def test_the_package_is_small(package: dict[str, str]) -> None:
    assert len(package) <= 12
    assert count_lines(package) <= 450


def test_no_file_and_no_function_is_long(files: dict[str, str]) -> None:
    for path, text in files.items():
        if path.endswith(".py"):
            assert text.count("\n") <= 100, path
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.FunctionDef):
                    assert (node.end_lineno or 0) - node.lineno < 30, node.name


def test_every_module_is_needed_by_train_or_a_command(package: dict[str, str]) -> None:
    needed, pending = set(), ["__main__"]
    while pending:
        name = pending.pop()
        if name not in needed:
            needed.add(name)
            pending += imported(package[name]) & package.keys()
    assert needed == package.keys() - {"__init__"}


def imported(text: str) -> set[str]:
    """Return the modules of its own package that a module imports."""
    names = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.level:
            names |= {node.module} if node.module else {a.name for a in node.names}
    return {name for name in names if name}


def test_every_public_function_is_used(package: dict[str, str]) -> None:
    trees = {name: ast.parse(text) for name, text in package.items()}
    used = {
        getattr(node, "id", getattr(node, "attr", getattr(node, "name", "")))
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Name | ast.Attribute | ast.alias)
    }
    for name, tree in trees.items():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                assert node.name in used, f"{name}: {node.name}"


def test_the_small_features_add_few_lines_to_the_modules_of_the_core() -> None:
    """Count all lines but the fields that they add to `Config`."""
    names = ("tracking", "schedule", "clip", "early-stopping")
    task, features = find_task("digits"), tuple(map(find_feature, names))
    without, having = (
        render_project(recipe, {"project_name": "p"}).files
        for recipe in (Recipe((task,)), Recipe((task, *features)))
    )
    modules = [p for p in without if p.endswith(".py") and not p.endswith("config.py")]
    lines = {p: [f[p].data.count(b"\n") for f in (without, having)] for p in modules}
    assert 0 < sum(after - before for before, after in lines.values()) <= 15
