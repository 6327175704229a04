"""The recipe: what a template is composed of, in order, and how it was recorded."""

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Literal, NamedTuple

import msgspec

from scaffold import __version__
from scaffold.catalog.discovery import ORIGIN
from scaffold.catalog.plugins import Plugin
from scaffold.catalog.questions import Question
from scaffold.catalog.values import accept
from scaffold.errors import ArgumentError, PluginError

FORMAT = 2
# The features that every project of edition 0.1 had; its recipes (format 1) name none.
FEATURES_OF_0_1 = ("compare", "doctor", "export", "scale", "serve")
VALIDATED_IN_0_1 = ("tabular",)  # tasks with a validation split, and early stopping
# Asked like the questions of a task, but answered by composition: they are part of the
# recipe, and no answer is stored for them.
CHOICES = {
    "comments": Question(
        "str",
        "lesson",
        "Explanatory comments in the code",
        {
            "lesson: comments explain why, for learners": "lesson",
            "brief: the same code without these comments": "brief",
        },
    ),
    "variant": Question(
        "str",
        "solution",
        "A complete project, or exercises",
        {
            "solution: a complete project": "solution",
            "exercise: you write the main parts, guided by tests and hints": "exercise",
        },
    ),
    "exercises": Question(
        "str", "all", "Which exercises are open, such as 1-3 or 1,4,7"
    ),
    "language": Question(
        "str",
        "en",
        "Language of the explanatory comments",
        {"en: English": "en", "ko: Korean, where it is translated": "ko"},
    ),
}


class Recipe(NamedTuple):
    """What a project is composed of: a task, then features in canonical order."""

    plugins: tuple[Plugin, ...]
    comments: str = "lesson"
    variant: str = "solution"
    exercises: str = "all"
    language: str = "en"

    @property
    def task(self) -> Plugin:
        """The plugin that supplies data, model, loss and metric."""
        return self.plugins[0]

    @property
    def features(self) -> tuple[Plugin, ...]:
        """The features, in canonical order."""
        return self.plugins[1:]

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
    plugins: Sequence[Plugin],
    given: Mapping[str, str],
    kept: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Recipe, dict[str, str]]:
    """Return the recipe of plugins and of choices in `given`, and the rest of `given`.

    Choices that are not given are those of `kept`. Raises ArgumentError for an invalid
    choice.
    """
    chosen = {
        name: str(accept(name, question, given[name], {}, no_jinja))
        for name, question in CHOICES.items()
        if name in given
    }
    recipe = Recipe(tuple(plugins), **{**kept, **chosen})
    if recipe.variant == "solution" and "exercises" not in chosen:
        recipe = recipe._replace(exercises="all")
    elif recipe.variant == "solution" and recipe.exercises != "all":
        raise ArgumentError("exercises: they need --set variant=exercise")
    rest = {name: text for name, text in given.items() if name not in CHOICES}
    return recipe, rest


def no_jinja(text: str, values: Mapping[str, object]) -> str:
    """Return the text: the choices of a recipe are not templates."""
    return text


EXERCISES = r"\A(all|[0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*)\Z"
# A recorded recipe is printed, and a project may come from strangers.
Word = Annotated[str, msgspec.Meta(pattern=r"\A[0-9A-Za-z.+!_-]{1,100}\Z")]
Source = Annotated[
    str,
    msgspec.Meta(pattern=rf"\A({ORIGIN})\Z"),
]


class RecordedPlugin(msgspec.Struct, frozen=True):
    """A plugin, as a recorded recipe names it."""

    name: Word
    version: Word
    source: Source


class Record(msgspec.Struct, frozen=True):
    """The recipe of a project, as `recipe.json` of its template says."""

    format: Literal[1, 2]
    scaffold: Word
    plugins: Annotated[
        tuple[RecordedPlugin, ...], msgspec.Meta(min_length=1, max_length=100)
    ]
    comments: Literal["lesson", "brief"] = "lesson"
    variant: Literal["solution", "exercise"] = "solution"
    exercises: Annotated[str, msgspec.Meta(pattern=EXERCISES, max_length=100)] = "all"
    language: Literal["en", "ko"] = "en"

    @property
    def task(self) -> RecordedPlugin:
        """The task of the project, as it was recorded."""
        return self.plugins[0]

    @property
    def versions(self) -> dict[str, str]:
        """The versions of scaffold and of the plugins."""
        plugins = {layer.name: layer.version for layer in self.plugins}
        return {"torch-scaffold": self.scaffold, **plugins}

    @property
    def features(self) -> tuple[str, ...]:
        """The names of the features; projects of edition 0.1 had all of that time."""
        if self.format > 1:
            return tuple(layer.name for layer in self.plugins[1:])
        stopping = ("early-stopping",) if self.task.name in VALIDATED_IN_0_1 else ()
        return (*FEATURES_OF_0_1, *stopping)

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
