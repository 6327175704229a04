"""The recipe: what a template is composed of, in order, and how it was recorded."""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, NamedTuple

import msgspec

from scaffold import __version__
from scaffold.catalog.plugins import Plugin
from scaffold.catalog.questions import Question
from scaffold.catalog.values import accept
from scaffold.errors import PluginError

FORMAT = 1
# Asked like the questions of a task, but answered by composition: they are part of the
# recipe, and no answer is stored for them.
CHOICES = {
    "comments": Question(
        "str",
        "lesson",
        "How much the code says of itself",
        {"lesson: why, wherever a learner would stumble": "lesson", "brief": "brief"},
    ),
    "variant": Question(
        "str",
        "solution",
        "Whether the code is there, or is yours to write",
        {
            "solution: all of it is there": "solution",
            "exercise: the main parts are yours to write, one by one": "exercise",
        },
    ),
}


class Recipe(NamedTuple):
    """An ordered list of plugins over the base; exactly one of them is a task."""

    plugins: tuple[Plugin, ...]
    comments: str = "lesson"
    variant: str = "solution"

    @property
    def task(self) -> Plugin:
        """The plugin that supplies data, model, loss and metric."""
        return next(plugin for plugin in self.plugins if plugin.manifest.kind == "task")

    @property
    def choices(self) -> dict[str, str]:
        """The values of the keys of CHOICES."""
        return {name: str(getattr(self, name)) for name in CHOICES}

    def to_json(self) -> str:
        """Return the text of `recipe.json`, at the root of a composed template."""
        plugins = [
            {
                "name": plugin.manifest.name,
                "version": plugin.manifest.version,
                "source": plugin.source,
            }
            for plugin in self.plugins
        ]
        recipe = {"format": FORMAT, "scaffold": __version__, "plugins": plugins}
        recipe |= self.choices
        return json.dumps(recipe, indent=2) + "\n"


def make_recipe(
    plugins: Sequence[Plugin], given: Mapping[str, str]
) -> tuple[Recipe, dict[str, str]]:
    """Return the recipe that `given` asks for, and what `given` says of other keys.

    Raises ArgumentError for a value that is no choice.
    """
    chosen = {
        name: str(accept(name, question, given[name], {}, no_jinja))
        for name, question in CHOICES.items()
        if name in given
    }
    rest = {name: text for name, text in given.items() if name not in CHOICES}
    return Recipe(tuple(plugins), **chosen), rest


def no_jinja(text: str, values: Mapping[str, object]) -> str:
    """Return the text: what is asked for a recipe is no template."""
    return text


# What comes from a recorded recipe is printed, and a project may come from strangers.
Word = Annotated[str, msgspec.Meta(pattern=r"\A[0-9A-Za-z.+!_-]{1,100}\Z")]
Source = Annotated[
    str,
    msgspec.Meta(pattern=r"\A(built-in|folder|package [\w.-]{1,100} [\w.+!-]{1,50})\Z"),
]


class Layer(msgspec.Struct, frozen=True):
    """A plugin, as a recorded recipe names it."""

    name: Word
    version: Word
    source: Source


class Record(msgspec.Struct, frozen=True):
    """The recipe of a project, as `recipe.json` of its template says."""

    format: Literal[1]
    scaffold: Word
    plugins: Annotated[tuple[Layer, ...], msgspec.Meta(min_length=1, max_length=20)]
    comments: Literal["lesson", "brief"] = "lesson"
    variant: Literal["solution", "exercise"] = "solution"

    @property
    def choices(self) -> dict[str, str]:
        """The values of the keys of CHOICES."""
        return {name: str(getattr(self, name)) for name in CHOICES}


def read_record(text: bytes) -> Record:
    """Return the recipe that a `recipe.json` holds, or raise PluginError."""
    try:
        return msgspec.json.decode(text, type=Record)
    except msgspec.DecodeError as error:
        raise PluginError(f"recipe.json: {error}") from error
