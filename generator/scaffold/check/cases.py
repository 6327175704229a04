"""The projects with which a plugin is checked."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from scaffold.catalog.plugins import Plugin, find_feature, find_task
from scaffold.check.combinations import combinations
from scaffold.compose.composition import EXERCISES, PROJECT, compose
from scaffold.compose.exercises import read_titles
from scaffold.compose.recipe import CHOICES, Recipe
from scaffold.compose.rules import resolve
from scaffold.errors import ArgumentError, PluginError

# The tasks that a feature is checked on: of each family, with and without a validation
# split and fitted preprocessing.
TASKS = ("circle", "line", "digits", "tabular")


class Case(NamedTuple):
    """A project with which a plugin is checked."""

    plugin: Plugin
    recipe: Recipe
    answers: Mapping[str, str]
    all_tests: bool = True  # whether to run tests that the plugin cannot affect, too

    @property
    def labels(self) -> dict[str, str]:
        """What distinguishes the case from others, as `--set` takes it."""
        labels = {} if self.plugin is self.recipe.task else self.combined
        labels |= self.answers
        changed = self.recipe.choices.items()
        return labels | {k: v for k, v in changed if v != CHOICES[k].default}

    @property
    def combined(self) -> dict[str, str]:
        """The task, and the other features."""
        names = [p.name for p in self.recipe.features if p.name != self.plugin.name]
        beside = {"with": ",".join(names)} if names else {}
        return {"task": self.recipe.task.name, **beside}

    @property
    def words(self) -> str:
        """The labels in one line."""
        return " ".join(f"{name}={value}" for name, value in self.labels.items())


def cases_of_task(plugin: Plugin, folders: Sequence[Path] = ()) -> Iterator[Case]:
    """Yield a case for each combination of the choices, in each variant."""
    rows = combinations(plugin)
    required = resolve(plugin, (), lambda name: find_feature(name, folders))
    for variant in variants(Recipe((plugin, *required))):
        yield from (Case(plugin, variant, answers) for answers in rows)


def cases_of_feature(
    plugin: Plugin,
    folders: Sequence[Path] = (),
    names: Sequence[str] = TASKS,
    others: Sequence[Plugin] = (),
) -> Iterator[Case]:
    """Yield cases on several tasks, and with each of `others`.

    All choices of its questions, and all variants, are checked on the first task.
    Raises PluginError if it can be combined with none of the tasks.
    """
    rows = combinations(plugin)
    recipes = list(combine([plugin], folders, names))
    if not recipes:
        rule = "see needs_validation and conflicts"
        raise PluginError(
            f"it cannot be combined with any of {', '.join(names)}; {rule}"
        )
    yield from (Case(plugin, recipes[0], answers) for answers in rows)
    yield from (Case(plugin, recipe, rows[0]) for recipe in variants(recipes[0])[1:])
    for other in others:
        recipes += islice(combine([plugin, other], folders, names), 1)
    for recipe in recipes[1:]:
        yield Case(plugin, recipe, rows[0], all_tests=False)


def cases_of_exercises(case: Case) -> Iterator[Case]:
    """Yield a case for each exercise, in which those before it are solved."""
    recipe = case.recipe._replace(variant="exercise")
    tree = compose(recipe)
    paths = (path for path in tree if path.startswith(f"{PROJECT}{EXERCISES}"))
    last = max((n for path in paths for n in read_titles(tree[path].data)), default=0)
    for number in range(1, last + 1):
        yield case._replace(recipe=recipe._replace(exercises=f"{number}-{last}"))


def variants(recipe: Recipe) -> list[Recipe]:
    """Return a recipe, and the same with other values of the choices of recipes."""
    return [
        recipe,
        recipe._replace(variant="exercise"),
        recipe._replace(comments="brief"),
    ]


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


def select(cases: Sequence[Case], given: Mapping[str, str]) -> list[Case]:
    """Return the cases with these labels; raise ArgumentError if there are none."""
    for name, value in given.items():
        known = list(dict.fromkeys(c.labels[name] for c in cases if name in c.labels))
        if not known:
            names = dict.fromkeys(name for case in cases for name in case.labels)
            raise ArgumentError(f"--set {name}: choose from {', '.join(names)}")
        cases = [case for case in cases if case.labels.get(name) == value]
        if not cases:
            choices = ", ".join(known)
            raise ArgumentError(f"--set {name}={value}: choose from {choices}")
    return list(cases)
