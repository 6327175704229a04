"""Features alone, in pairs, and all together: clean code, and its tests pass."""

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import pytest
from conftest import FEATURES, TASKS
from own_tests import SUFFIX, OwnResults, failures, run_own_tests, write_project
from recipes import all_features, make_recipe

from scaffold.catalog.plugins import Plugin
from scaffold.check.files import lint
from scaffold.check.unused import find_unused
from scaffold.compose.recipe import Recipe
from scaffold.errors import ArgumentError
from scaffold.project.create import render_project

CIRCLE_FIRST = sorted(TASKS, key=lambda task: task.name != "circle")


class Case(NamedTuple):
    """A project: its package, named by its features, and its recipe."""

    package: str
    recipe: Recipe


def combine(features: tuple[Plugin, ...]) -> Iterator[Case]:
    """Yield a case of circle, or of the first task that allows these features."""
    for task in CIRCLE_FIRST:
        try:
            recipe = make_recipe(task, *features)
        except ArgumentError:
            continue
        name = "_and_".join(feature.name for feature in features)
        yield Case(f"with_{name.replace('-', '_')}", recipe)
        return


def combine_all(task: Plugin) -> Case:
    """Return the case of a task and all features that can be combined with it."""
    return Case("with_all_features", make_recipe(task, *all_features(task)))


ALONE = [case for feature in FEATURES for case in combine((feature,))]
ALONE.append(combine_all(CIRCLE_FIRST[0]))
PAIRS = [case for pair in combinations(FEATURES, 2) for case in combine(pair)]


def write_cases(cases: list[Case], home: Path) -> None:
    for package, recipe in cases:
        files = render_project(recipe, {"project_name": package}).files
        write_project(files, home, package)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a project of each feature, and one of all."""
    path = tmp_path_factory.mktemp("features")
    write_cases(ALONE, path)
    return path


@pytest.fixture(params=[case.package for case in ALONE])
def package(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_its_project_is_clean(home: Path, package: str) -> None:
    assert list(lint(home / f"{package}{SUFFIX}")) == []


def test_nothing_in_its_project_is_unused(home: Path, package: str) -> None:
    assert list(find_unused(home / f"{package}{SUFFIX}", package)) == []


def touched_tests(recipe: Recipe) -> list[str]:
    """Return the test files that a feature adds, and those of what it changes.

    A feature that changes nothing in the core but adds a command cannot break the tests
    of training. Those run in the project of all features, and in the slow part.
    """
    without = render_project(Recipe((recipe.task,)), {"project_name": "x"}).files
    files = render_project(recipe, {"project_name": "x"}).files
    changed = {path for path in files if files[path] != without.get(path)}
    if changed & {f"x/{name}.py" for name in ("engine", "train", "checkpoint")}:
        return [""]
    tests = {
        path.removeprefix("tests/") for path in changed if path.startswith("tests")
    }
    return sorted({*tests, "test_commands.py"})


def core_tests(task: Plugin) -> list[str]:
    """Return the test files of a project without features."""
    files = render_project(Recipe((task,)), {"project_name": "x"}).files
    return [Path(path).name for path in files if path.startswith("tests/test_")]


@pytest.fixture(scope="module")
def own_results(home: Path) -> OwnResults:
    """Return the results of each feature's tests; with all features, of the core's."""
    *alone, full = ALONE
    chosen = {package: touched_tests(recipe) for package, recipe in alone}
    chosen[full.package] = core_tests(full.recipe.task)
    return run_own_tests(home, chosen)


def test_its_tests_pass(package: str, own_results: OwnResults) -> None:
    assert own_results[package]
    assert not failures(own_results[package])


@pytest.mark.slow
def test_all_tests_pass_with_each_feature(tmp_path: Path) -> None:
    write_cases(ALONE, tmp_path)
    for package, results in run_own_tests(tmp_path).items():
        assert len(results) > 20
        assert not failures(results), package


@pytest.mark.slow
def test_projects_of_each_pair_are_clean_and_pass_their_tests(tmp_path: Path) -> None:
    write_cases(PAIRS, tmp_path)
    for package, _ in PAIRS:
        assert list(lint(tmp_path / f"{package}{SUFFIX}")) == []
        assert list(find_unused(tmp_path / f"{package}{SUFFIX}", package)) == []
    for package, results in run_own_tests(tmp_path).items():
        assert not failures(results), package
