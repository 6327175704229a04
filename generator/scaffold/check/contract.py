"""`scaffold plugin check`: what a plugin promises, checked on projects with it."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from scaffold.catalog.discovery import PluginSource
from scaffold.catalog.manifest import ExpectedResult
from scaffold.catalog.plugins import (
    Plugin,
    find_feature,
    find_task,
    read_plugin,
    valid_plugins,
)
from scaffold.check.combinations import combinations
from scaffold.check.files import Found, check_files, lint
from scaffold.check.round_trip import check_round_trip
from scaffold.check.unused import find_unused
from scaffold.compose.recipe import Recipe
from scaffold.compose.rules import resolve
from scaffold.errors import ArgumentError, PluginError, ScaffoldError
from scaffold.project.create import RenderedProject, render_project, write_tree

PACKAGE = "checked"
# The tasks that a feature is checked on: of each family, with and without a validation
# split and fitted preprocessing.
TASKS = ("circle", "line", "digits", "tabular")


class Finding(NamedTuple):
    """Something that breaks the contract."""

    answers: str  # for which task and answers; "" for all
    what: str
    where: str
    how: str  # to fix it


Progress = Callable[[str], None]


def check_source(
    source: PluginSource, progress: Progress, folders: Sequence[Path] = ()
) -> Iterator[Finding]:
    """Yield what is wrong with the plugin of a source, even if it cannot be read."""
    try:
        plugin = read_plugin(source)
    except PluginError as error:
        reason = " ".join(str(error).split())
        yield Finding("", reason, str(source.folder), "see docs/plugin-contract.md")
        return
    if plugin.manifest.kind == "feature":
        others = [
            other
            for other in valid_plugins("feature")
            if other.source == "built-in" and other.name != plugin.name
        ]
        yield from check_feature(plugin, progress, folders, others=others)
    else:
        yield from check_task(plugin, progress)


def check_task(
    plugin: Plugin, progress: Progress, train_all: bool = True
) -> Iterator[Finding]:
    """Yield what breaks the contract, for each combination of the task's choices.

    Every combination is rendered and linted; it is also trained and tested if it is the
    default or `train_all` is set. A combination with findings is not trained.
    """
    for number, answers in enumerate(combinations(plugin)):
        words = join(answers)
        progress(words or "the only variant")
        run = train_all or number == 0
        yield from check_project(Recipe((plugin,)), answers, words, run)


def check_feature(
    plugin: Plugin,
    progress: Progress,
    folders: Sequence[Path] = (),
    names: Sequence[str] = TASKS,
    others: Sequence[Plugin] = (),
) -> Iterator[Finding]:
    """Yield what breaks the contract on several tasks, and together with `others`.

    All choices of its questions are checked on the first task.
    """
    rows = combinations(plugin)
    recipes = list(combine([plugin], folders, names))
    if not recipes:
        what = f"it cannot be combined with any of {', '.join(names)}"
        how = "see needs_validation and conflicts"
        yield Finding("", what, f"{plugin.folder / 'plugin.toml'}", how)
    for number, recipe in enumerate(recipes):
        for answers in rows if number == 0 else rows[:1]:
            yield from check_recipe(recipe, plugin.name, answers, progress)
    for other in others:
        for recipe in islice(combine([plugin, other], folders, names), 1):
            yield from check_recipe(recipe, plugin.name, rows[0], progress)


def combine(
    features: Sequence[Plugin], folders: Sequence[Path], names: Sequence[str]
) -> Iterator[Recipe]:
    """Yield the recipes of features with each task that they can be combined with."""
    known = {plugin.name: plugin for plugin in features}

    def find(name: str) -> Plugin:
        return known.get(name) or find_feature(name, folders)

    for name in names:
        task = find_task(name)
        try:
            yield Recipe((task, *resolve(task, features, find)))
        except ArgumentError:
            continue


def check_recipe(
    recipe: Recipe, feature: str, answers: Mapping[str, str], progress: Progress
) -> Iterator[Finding]:
    """Yield what is wrong with a project, and with adding and removing a feature."""
    names = [plugin.name for plugin in recipe.features if plugin.name != feature]
    beside = {"with": ",".join(names)} if names else {}
    words = join({"task": recipe.task.name, **beside, **answers})
    progress(words)
    found = list(check_project(recipe, answers, words, run=True))
    yield from found
    if not found:
        rows = check_round_trip(recipe, feature, answers)
        yield from (Finding(words, *row) for row in rows)


def check_project(
    recipe: Recipe, answers: Mapping[str, str], words: str, run: bool
) -> Iterator[Finding]:
    """Yield what is wrong with a project, which is also run if its files are right."""
    try:
        rendered = render_project(recipe, {**answers, "project_name": PACKAGE})
    except ScaffoldError as error:
        place = str(recipe.plugins[-1].folder / "plugin.toml")
        yield Finding(words, str(error), place, "fix the place that is named")
        return
    with tempfile.TemporaryDirectory(prefix="scaffold-check-") as scratch:
        write_tree(rendered.files, Path(scratch))
        found = [*check_files(rendered), *lint(Path(scratch))]
        if recipe.features:
            found += find_unused(Path(scratch), PACKAGE)
        if run and not found:
            found = run_worker(recipe, rendered, Path(scratch))
    yield from (Finding(words, *row) for row in found)


def run_worker(recipe: Recipe, rendered: RenderedProject, folder: Path) -> list[Found]:
    """Return the findings of a worker process that imports and runs the project."""
    task = None if recipe.features else describe_task(recipe.task, rendered)
    report = folder / "findings.json"
    command = [sys.executable, "-m", "scaffold.check.worker", str(folder), PACKAGE]
    done = subprocess.run(
        [*command, str(report), json.dumps(task)],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    if not report.exists():
        lines = (done.stderr or done.stdout).strip().splitlines() or ["no output"]
        how = "install what the plugin and its projects depend on"
        return [(f"the check stopped: {lines[-1]}", "this environment", how)]
    return [tuple(row) for row in json.loads(report.read_text(encoding="utf-8"))]


def describe_task(plugin: Plugin, rendered: RenderedProject) -> dict[str, Any]:
    """Return the facts of a task that the worker checks, for the answers given."""
    answers, task = rendered.answers.values, plugin.task
    return {
        "family": answers["family"],
        "validation": task.validation,
        "data_info": task.data_info,
        "build_loss_fn": task.build_loss_fn,
        "expected_results": [
            msgspec.to_builtins(result)
            for result in task.expected_results
            if applies(result, answers)
        ],
    }


def applies(result: ExpectedResult, answers: Mapping[str, object]) -> bool:
    """Return whether a result is promised for these answers."""
    return all(answers[name] == value for name, value in result.when.items())


def join(answers: Mapping[str, str]) -> str:
    """Return answers in one line."""
    return " ".join(f"{name}={value}" for name, value in answers.items())
