"""Composition: core, task and features by recipe to one plain Copier template."""

import json
import subprocess
from pathlib import Path

import pytest
import yaml
from conftest import NAMES
from recipes import all_features, make_recipe

from scaffold import __version__
from scaffold.catalog.plugins import find_task
from scaffold.compose.composition import SLOT, compose
from scaffold.compose.recipe import Recipe
from scaffold.project.bundle import IDENTITY, make_bundle, read_bundle, tag
from scaffold.project.fast_import import commit_tree
from scaffold.project.git import git
from scaffold.project.pack import write_bundle
from scaffold.project.scratch import init_bare_repository
from scaffold.tree import File, tree_id


def composed(task: str) -> dict[str, File]:
    return compose(Recipe((find_task(task),)))


def composed_full(task: str) -> dict[str, File]:
    plugin = find_task(task)
    return compose(make_recipe(plugin, *all_features(plugin)))


@pytest.fixture(params=NAMES)
def task(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_composition_is_deterministic(task: str) -> None:
    assert composed(task) == composed(task)
    assert composed_full(task) == composed_full(task)


def test_it_has_its_recipe(task: str) -> None:
    recipe = json.loads(composed(task)["recipe.json"].data)
    (plugin,) = recipe["plugins"]
    assert (recipe["format"], recipe["scaffold"]) == (2, __version__)
    assert (plugin["name"], plugin["source"]) == (task, "built-in")


def test_facts_about_the_recipe_are_neither_asked_nor_stored(task: str) -> None:
    questions = yaml.safe_load(composed_full(task)["copier.yml"].data)
    facts = ("task_name", "task_title", "expected", "scaffold_version", "validation")
    for name in (*facts, "data_info", "features"):
        assert questions[name]["when"] is False
    asked = isinstance(find_task(task).task.family, list)
    assert questions["family"].get("when", True) is asked
    assert "serve" in yaml.safe_load(questions["features"]["default"])


def test_no_slot_remains(task: str) -> None:
    for tree in (composed(task), composed_full(task)):
        for path, file in tree.items():
            assert not SLOT.search(file.data.decode()), path


def test_only_python_files_that_vary_are_rendered(task: str) -> None:
    tree = composed(task)
    fixed = "project/{{ package }}/plots.py"
    circle = find_task("circle")
    if task == circle.name:
        assert tree[fixed].data == (circle.folder / fixed).read_bytes()
    assert "project/tests/conftest.py.jinja" in tree
    for path, file in tree.items():
        if path.endswith(".py"):
            assert b"# {%" not in file.data
            assert b"{{ package }}" not in file.data
            assert b"from package" not in file.data


def test_defaults_of_the_task_are_in_the_config() -> None:
    config = composed("line")["project/{{ package }}/config.py.jinja"].data.decode()
    assert 'epochs: int = Field(200, ge=1, lt=2**31, description="passes' in config
    assert 'lr: float = Field(0.01, gt=0, description="learning' in config
    assert "weight: float = Field(" in config
    assert "{{ weight | string | replace('e+', 'e') }}" in config


def test_dependencies_of_the_task_are_in_pyproject() -> None:
    pyproject = composed("circle")["project/pyproject.toml.jinja"].data.decode()
    assert '    "scikit-learn>=1.4",\n]' in pyproject


def test_the_id_is_the_one_that_git_gives(task: str, tmp_path: Path) -> None:
    tree = composed(task)
    tree["project/run.sh"] = File(b"#!/bin/sh\n", executable=True)
    tree["project/a.b/x"] = tree["project/a/x"] = tree["project/a-b"] = File(b"x")
    (tmp_path / "bundle").write_bytes(make_bundle(tree))
    run = ["git", "clone", "--quiet", "--branch", tag(tree), "bundle", "clone"]
    subprocess.run(run, cwd=tmp_path, check=True, capture_output=True)
    show = ["git", "log", "--format=%T %P|%an|%at"]
    shown = subprocess.run(show, cwd=tmp_path / "clone", capture_output=True, text=True)
    assert shown.stdout.split() == [tree_id(tree), "|torch-scaffold|946684800"]
    script = tmp_path / "clone" / "project" / "run.sh"
    assert script.stat().st_mode & 0o111


def test_the_bundle_is_the_one_that_git_would_write(task: str, tmp_path: Path) -> None:
    tree = composed(task)
    bundle = tmp_path / "bundle"
    bundle.write_bytes(make_bundle(tree))
    init_bare_repository(tmp_path)
    reference = f"refs/tags/{tag(tree)}"
    commit_tree(tmp_path, tree, reference, IDENTITY, f"Template {tag(tree)}")
    expected = git("show-ref", folder=tmp_path).decode()
    assert git("bundle", "list-heads", bundle, folder=tmp_path).decode() == expected
    assert read_bundle(bundle) == {tag(tree): tree}


def test_versions_of_a_template_follow_each_other_in_a_bundle(tmp_path: Path) -> None:
    """`git fsck --strict` accepts every object, and a clone has each version."""
    first, second = composed("line"), composed("circle")
    bundle = tmp_path / "bundle"
    bundle.write_bytes(write_bundle({"1": first, "2": second}, IDENTITY))
    git("clone", "--quiet", "--mirror", bundle, "clone", folder=tmp_path)
    clone = tmp_path / "clone"
    git("fsck", "--strict", folder=clone)
    log = git("log", "--format=%T", "2", folder=clone).decode().split()
    assert log == [tree_id(second), tree_id(first)]


def test_the_bundle_is_deterministic(task: str) -> None:
    tree = composed(task)
    assert make_bundle(tree) == make_bundle(tree)


def test_the_tag_is_a_version_that_names_the_tree(task: str) -> None:
    tree = composed(task)
    assert tag(tree) == f"{__version__}+{tree_id(tree)[:12]}"
    tree["new"] = File(b"")
    assert tag(tree) != tag(composed(task))
