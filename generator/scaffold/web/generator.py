"""Render projects for the choices of the page, with the code of the command line."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

import msgspec

from scaffold.catalog.plugins import Plugin, all_plugins, find_feature, find_task
from scaffold.compose.fills import all_questions
from scaffold.compose.recipe import CHOICES, Recipe, make_recipe
from scaffold.compose.rules import resolve
from scaffold.errors import ArgumentError, ScaffoldError, one_line
from scaffold.project.create import RenderedProject, render_project
from scaffold.project.project_state import ExistingProject
from scaffold.project.recipe_lookup import find_recipe

INVALID_NAME = "invalid project name"  # a message that names no question


class Choices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was chosen in the form; answers are texts, as they were typed."""

    task: str
    features: list[str] = []
    answers: dict[str, str] = {}


class Outcome(NamedTuple):
    """A project for some choices, without the answers that are invalid."""

    recipe: Recipe
    rendered: RenderedProject
    given: dict[str, str]
    errors: dict[str, str]  # by question


class Generator:
    """The plugins, and projects with them."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self.folders = folders
        self.plugins = all_plugins(folders)
        self.find_task: Callable[[str], Plugin] = cache(
            lambda name: find_task(name, folders)
        )
        self.find_feature: Callable[[str], Plugin] = cache(
            lambda name: find_feature(name, folders)
        )

    def plugins_of(self, kind: str) -> list[Plugin]:
        """Return the valid plugins of a kind."""
        valid = (plugin for plugin in self.plugins if isinstance(plugin, Plugin))
        return [plugin for plugin in valid if plugin.manifest.kind == kind]

    @cached_property
    def core_questions(self) -> set[str]:
        """The names of the questions that every project has."""
        recipe = Recipe((self.plugins_of("task")[0],))
        names = render_project(recipe, {}).questions.keys()
        return names - all_questions(recipe).keys()

    def find_plugins(
        self, choices: Choices, opened: ExistingProject | None
    ) -> tuple[Plugin, ...]:
        """Return the task and the features that were chosen, in canonical order."""
        if opened:
            dropped = set(opened.record.features) - set(choices.features)
            record, added = opened.record, choices.features
            return find_recipe(record, self.folders, added, dropped).plugins
        task = self.find_task(choices.task)
        found = [self.find_feature(name) for name in choices.features]
        return (task, *resolve(task, found, self.find_feature))

    def make(self, choices: Choices, opened: ExistingProject | None = None) -> Outcome:
        """Render a project; answers that are invalid are replaced by the defaults.

        `opened` is a project with other features or answers, and keeps the rest of
        them. Raises ScaffoldError if task and features are impossible.
        """
        plugins = self.find_plugins(choices, opened)
        stored = opened.stored if opened else {}
        known = {*self.core_questions, *all_questions(Recipe(plugins)), *CHOICES}
        given = {key: text for key, text in choices.answers.items() if key in known}
        errors: dict[str, str] = {}
        while True:
            try:
                recipe, answers = make_recipe(plugins, given)
                rendered = render_project(recipe, answers, stored=stored)
                return Outcome(recipe, rendered, given, errors)
            except ArgumentError as error:
                name = question_of(str(error), given)
                if not name:
                    raise
                errors[name] = to_message(error)
                given = {key: text for key, text in given.items() if key != name}

    def describe_features(
        self, choices: Choices, recipe: Recipe
    ) -> list[dict[str, object]]:
        """Return the features: chosen, required by others, or impossible and why."""
        present = {plugin.name for plugin in recipe.features}
        rows = []
        for plugin in self.plugins_of("feature"):
            users = [
                p.name for p in recipe.plugins if plugin.name in p.manifest.requires
            ]
            row: dict[str, object] = dict(describe(plugin))
            row["chosen"] = plugin.name in present
            row["required_by"] = [] if plugin.name in choices.features else users
            row["problem"] = "" if row["chosen"] else self.problem(recipe, plugin)
            rows.append(row)
        return rows

    def problem(self, recipe: Recipe, plugin: Plugin) -> str:
        """Return why a feature cannot be added to a recipe, or ""."""
        try:
            resolve(recipe.task, [*recipe.features, plugin], self.find_feature)
        except ScaffoldError as error:
            return to_message(error)
        return ""


def read_choices(text: str) -> Choices:
    """Return the choices that the page sends; raise ArgumentError for others."""
    try:
        return msgspec.json.decode(text, type=Choices)
    except msgspec.DecodeError as error:
        raise ArgumentError(f"invalid choices: {error}") from error


def question_of(message: str, given: Mapping[str, str]) -> str:
    """Return which of the given answers an error is about, or ""."""
    name = message.partition(":")[0]
    if message.startswith(INVALID_NAME):
        name = "project_name"
    return name if name in given else ""


def describe(plugin: Plugin) -> dict[str, str]:
    """Return the name of a plugin, what it is, and where it comes from."""
    manifest = plugin.manifest
    return {
        "name": plugin.name,
        "title": manifest.title,
        "summary": manifest.summary,
        "source": plugin.source,
    }


def to_message(error: Exception) -> str:
    """Return the message of an error as the page shows it, in one line."""
    return one_line(error).removeprefix("--set ")
