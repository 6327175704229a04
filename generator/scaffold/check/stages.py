"""The stages of the check that execute projects, the quick ones first."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from scaffold.check.cases import Case
from scaffold.check.files import Found
from scaffold.check.processes import run_worker
from scaffold.check.round_trip import check_round_trip
from scaffold.compose.composition import layers_of
from scaffold.compose.exercises import read_titles
from scaffold.compose.recipe import Recipe
from scaffold.project.create import RenderedProject, render_project
from scaffold.tree import Tree, list_files, target

PACKAGE = "checked"


class CheckedProject(NamedTuple):
    """A project of a plugin, in memory and in a folder."""

    case: Case
    rendered: RenderedProject
    folder: Path
    facts: Mapping[str, Any]  # for the worker

    @property
    def is_task(self) -> bool:
        """Whether the plugin that is checked is a task."""
        return self.case.plugin.manifest.kind == "task"


class Stage(NamedTuple):
    """A part of the check: for which projects, and what it finds in one."""

    name: str
    applies: Callable[[CheckedProject], bool]
    run: Callable[[CheckedProject], Iterable[Found]]


def is_complete(project: CheckedProject) -> bool:
    """Return whether a project has all its code and comments."""
    return project.case.recipe.choices == Recipe(()).choices


def is_complete_task(project: CheckedProject) -> bool:
    """Return whether a project of a task has all its code and comments."""
    return project.is_task and is_complete(project)


def is_feature(project: CheckedProject) -> bool:
    """Return whether a feature can be added to a project, and removed."""
    return not project.is_task and is_complete(project)


def has_exercises(project: CheckedProject) -> bool:
    """Return whether parts of a project are left to a learner."""
    return project.case.recipe.variant == "exercise"


def execute(name: str, project: CheckedProject) -> list[Found]:
    """Return the findings of a stage of the worker."""
    return run_worker(name, project.folder, PACKAGE, project.facts)


def add_and_remove(project: CheckedProject) -> Iterable[Found]:
    """Yield what is wrong with adding the feature and removing it."""
    case = project.case
    return check_round_trip(case.recipe, case.plugin.name, case.answers)


STAGES = (
    Stage("interface", is_complete_task, partial(execute, "interface")),
    Stage("tests", is_complete, partial(execute, "tests")),
    Stage("exercises", has_exercises, partial(execute, "exercises")),
    Stage("training", is_complete_task, partial(execute, "training")),
    Stage("adding and removing", is_feature, add_and_remove),
)
QUICK = STAGES[:3]  # of --fast


def describe(case: Case, rendered: RenderedProject) -> dict[str, Any]:
    """Return what the worker has to know of a project."""
    answers, task = rendered.answers.values, case.recipe.task.task
    return {
        "family": answers["family"],
        "validation": task.validation,
        "data_info": task.data_info,
        "build_loss_fn": task.build_loss_fn,
        "expected_results": [
            msgspec.to_builtins(result)
            for result in task.expected_results
            if all(answers[name] == value for name, value in result.when.items())
        ],
        "own": [
            target(path).replace("{{ package }}", PACKAGE)
            for path in list_files(case.plugin.overlay)
        ],
        "tests": [] if case.all_tests else affected_tests(case, rendered.files),
        "first": first_exercise(rendered.files),
    }


def first_exercise(files: Tree) -> int:
    """Return the number of the first exercise that is open; 0 if there are none."""
    listed = files.get(f"{PACKAGE}/exercises.toml")
    return min(read_titles(listed.data), default=0) if listed else 0


def affected_tests(case: Case, files: Tree) -> list[str]:
    """Return the test files that a feature can affect; none: all of them.

    A feature that adds files, commands and hyperparameters affects its own tests, those
    of other features, and those of the commands.
    """
    kept = tuple(p for p in case.recipe.plugins if p.name != case.plugin.name)
    without = case.recipe._replace(plugins=kept)
    before = render_project(without, {"project_name": PACKAGE}).files
    edited = {path for path in before if files.get(path) != before[path]}
    apart = {f"{PACKAGE}/__main__.py", f"{PACKAGE}/config.py"}
    if any(path.endswith(".py") for path in edited - apart):
        return []
    names = {plugin.name for plugin in case.recipe.features}
    owners = layers_of(case.recipe).items()
    tests = {path for path, name in owners if name in names and path in files}
    tests = {path for path in tests if path.startswith("tests/test_")}
    return sorted({*tests, "tests/test_commands.py"})
