"""Exercises: the parts of a project that learners write themselves.

In templates, a solution is between `### BEGIN SOLUTION: step` and `### END SOLUTION`,
and `### EXERCISE: step` above a test assigns it to the exercise. The variant `solution`
removes these lines; `exercise` replaces each solution by a NotImplementedError that
describes what to write. The convention is that of nbgrader, plus the exercise's name.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

import msgspec

from scaffold.catalog.discovery import BASE
from scaffold.catalog.manifest import ExerciseText
from scaffold.compose.imports import insert_import
from scaffold.compose.recipe import Recipe
from scaffold.errors import PluginError

WIDTH = 88  # of the generated code
REGION = re.compile(
    r"^( *)### BEGIN SOLUTION: (\w+)\n(.*?)^ *### END SOLUTION\n",
    re.MULTILINE | re.DOTALL,
)
MARK = re.compile(r"^ *### (?:BEGIN SOLUTION: \w+|END SOLUTION|EXERCISE: \w+)\n", re.M)
TEST = re.compile(r"^### EXERCISE: (\w+)\n", re.MULTILINE)


class Exercise(NamedTuple):
    """An exercise of a project, with the number that it has there."""

    number: int
    text: ExerciseText


def find_exercises(recipe: Recipe, texts: Iterable[str]) -> dict[str, Exercise]:
    """Return the exercises in the files of all layers, in the order of the course.

    Raises PluginError for a region without an end, or of an unknown name.
    """
    words = read_texts(recipe)
    files = list(texts)
    names = {name for text in files for name in names_in(text)}
    tested = {name for text in files for name in TEST.findall(text)}
    for name in sorted((names | tested) - words.keys()):
        known = ", ".join(words)
        raise PluginError(f"there is no exercise {name!r}; known are {known}")
    ordered = [name for name in words if name in names]
    return {name: Exercise(n, words[name]) for n, name in enumerate(ordered, start=1)}


def names_in(text: str) -> list[str]:
    """Return the names of the solutions in a file."""
    begun = text.count("### BEGIN SOLUTION")
    names = [match[2] for match in REGION.finditer(text)]
    if not len(names) == begun == text.count("### END SOLUTION"):
        raise PluginError(
            "a solution is between ### BEGIN SOLUTION: NAME and ### END SOLUTION, and "
            "contains no other"
        )
    return names


def read_texts(recipe: Recipe) -> dict[str, ExerciseText]:
    """Return the texts of core and plugins for each exercise, in order."""
    words = dict(core_texts())
    for plugin in recipe.plugins:
        for name, own in plugin.manifest.exercises.items():
            if name not in words and plugin.manifest.kind == "feature" and own.title:
                words[name] = own
            elif name not in words:
                known = ", ".join(words)
                where = f"{plugin.folder}/plugin.toml: [exercises.{name}]"
                raise PluginError(f"{where}: no such exercise; known are {known}")
            given = {
                key: text for key, text in msgspec.structs.asdict(own).items() if text
            }
            words[name] = msgspec.structs.replace(words[name], **given)
    return words


@cache
def core_texts() -> Mapping[str, ExerciseText]:
    """Return the texts of the core, in the order of the course."""
    table = tomllib.loads((BASE / "exercises.toml").read_text(encoding="utf-8"))
    return msgspec.convert(table, dict[str, ExerciseText])


def strip_markers(text: str) -> str:
    """Return a file with its solutions, without the markers of exercises."""
    return MARK.sub("", text)


def blank_out_solutions(text: str, exercises: Mapping[str, Exercise]) -> str:
    """Return a file without its solutions, in which tests name their exercise."""

    def to_exercise(match: re.Match[str]) -> str:
        exercise = exercises[match[2]]
        lines = [f"# exercise {exercise.number}: {exercise.text.title}"]
        if match[1]:
            lines += open_lines(exercise, len(match[1]))
        else:
            lines = ["", "", *lines, *open_function(exercise, match[3])]
        lines += [f"# end of exercise {exercise.number}"]
        return "".join(f"{match[1]}{line}".rstrip() + "\n" for line in lines)

    def to_mark(match: re.Match[str]) -> str:
        if match[1] not in exercises:
            return ""  # of the core, but not in this task
        return f"@pytest.mark.exercise({exercises[match[1]].number})\n"

    text = TEST.sub(to_mark, REGION.sub(to_exercise, text))
    text = re.sub(r"\n{4,}", "\n\n\n", text)
    return insert_import("tests", text, "import pytest") if "@pytest." in text else text


def open_function(exercise: Exercise, solution: str) -> list[str]:
    """Return a function in place of a solution that is not inside a function.

    It has the name that the solution defines, and raises an error when it is called:
    an error during import would make the tests of all other exercises fail.
    """
    defined = re.search(r"^(\w+)(?:: .*)? = ", solution, re.MULTILINE)
    if not defined:
        raise PluginError("a solution outside of functions must assign a name")
    body = (f"    {line}" for line in open_lines(exercise, len("    ")))
    return [f"def {defined[1]}(*args):", *body, "", ""]


def open_lines(exercise: Exercise, indent: int) -> list[str]:
    """Return the statement in place of a solution, laid out as ruff format would."""
    text = f"exercise {exercise.number}: {exercise.text.task}"
    line = f"raise NotImplementedError({json.dumps(text, ensure_ascii=False)})"
    if indent + len(line) <= WIDTH:
        return [line]
    parts = wrap(text, WIDTH - indent - len('    ""'))
    quoted = [f"    {json.dumps(part, ensure_ascii=False)}" for part in parts]
    return ["raise NotImplementedError(", *quoted, ")"]


def wrap(text: str, width: int) -> list[str]:
    """Return a text in parts of at most `width` characters, cut after spaces."""
    parts = [""]
    for word in re.findall(r"\S+\s*", text):
        if len(parts[-1]) + len(word) > width and parts[-1]:
            parts.append("")
        parts[-1] += word
    return parts


def to_toml(exercises: Mapping[str, Exercise]) -> str:
    """Return the list of exercises, as a project keeps it."""
    tables = []
    for exercise in exercises.values():
        keys = {"number": exercise.number, **msgspec.structs.asdict(exercise.text)}
        rows = [f"{k} = {json.dumps(v, ensure_ascii=False)}\n" for k, v in keys.items()]
        tables.append("[[exercise]]\n" + "".join(rows))
    return "\n".join(tables)
