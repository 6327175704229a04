"""Exercises: the parts of a project that learners write themselves.

In templates, a solution is between `### BEGIN SOLUTION: step` and `### END SOLUTION`,
and `### EXERCISE: step` above a test assigns it to the exercise. The convention is that
of nbgrader, plus the exercise's name. This module lists the exercises of a project.
"""

import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import NamedTuple

import msgspec

from scaffold.catalog.discovery import BASE
from scaffold.catalog.manifest import ExerciseText
from scaffold.compose.recipe import Recipe
from scaffold.errors import ArgumentError, PluginError
from scaffold.tree import Tree

REGION = re.compile(
    r"^( *)### BEGIN SOLUTION: (\w+)\n(.*?)^ *### END SOLUTION\n",
    re.MULTILINE | re.DOTALL,
)
TEST = re.compile(r"^### EXERCISE: (\w+)\n", re.MULTILINE)
# A test of an exercise; or a line of Jinja around tests.
NAMED_TEST = re.compile(
    r"^### EXERCISE: (?P<exercise>\w+)\n(?:.*\n)*?def (?P<test>\w+)|^# \{%.*", re.M
)
EMPTY_BLOCK = re.compile(
    r"^# \{% (?:if|for) .*\n(?:# \{% (?:elif|else)\b.*\n)*# \{% end.*\n", re.M
)
CHOSEN = re.compile(r"(\d{1,3})(?:-(\d{1,3}))?")


class Exercise(NamedTuple):
    """An exercise of a project, with the number that it has there."""

    number: int
    text: ExerciseText


def find_exercises(recipe: Recipe, texts: Mapping[str, str]) -> dict[str, Exercise]:
    """Return the exercises in the files of all layers, in the order of the course.

    Only those that the recipe leaves open, with the number that they have among all.
    Raises PluginError for a region without an end, or of an unknown name.
    """
    words = read_texts(recipe)
    names = {name for path, text in texts.items() for name in names_in(path, text)}
    tested = {name for text in texts.values() for name in TEST.findall(text)}
    for name in sorted((names | tested) - words.keys()):
        known = ", ".join(words)
        raise PluginError(f"there is no exercise {name!r}; known are {known}")
    ordered = [name for name in words if name in names]
    chosen = parse_numbers(recipe.exercises, len(ordered))
    numbered = enumerate(ordered, start=1)
    return {name: Exercise(n, words[name]) for n, name in numbered if n in chosen}


def parse_numbers(text: str, count: int) -> set[int]:
    """Return the numbers that a text such as 1-3,5 stands for; `all` is 1 to `count`.

    Raises ArgumentError if there are no such exercises.
    """
    numbers: set[int] = set()
    for part in (f"1-{count}" if text == "all" else text).split(","):
        match = CHOSEN.fullmatch(part.strip())
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 1 <= first <= last <= count:
            known = f"they are 1 to {count}, for example 1-3 or 1,4,7"
            raise ArgumentError(f"exercises: {text!r} is not among them; {known}")
        numbers |= {*range(first, last + 1)}
    return numbers


def names_in(path: str, text: str) -> list[str]:
    """Return the names of the solutions in a file; each is within one block."""
    begun = text.count("### BEGIN SOLUTION")
    regions = list(REGION.finditer(text))
    if not len(regions) == begun == text.count("### END SOLUTION"):
        raise PluginError(
            f"project/{path}: a solution is between ### BEGIN SOLUTION: NAME and "
            "### END SOLUTION, and contains no other"
        )
    for region in regions:
        if leaves_block(region):
            line = text.count("\n", 0, region.end())
            raise PluginError(
                f"project/{path}, line {line}: ### END SOLUTION is outside of the "
                "block in which ### BEGIN SOLUTION is"
            )
    return [region[2] for region in regions]


def leaves_block(region: re.Match[str]) -> bool:
    """Return whether a line of a solution is indented less than its beginning."""
    lines = [line for line in region[3].splitlines() if line.strip()]
    code = (line for line in lines if not line.startswith("# {%"))
    return any(not line.startswith(region[1]) for line in code)


def read_texts(recipe: Recipe) -> dict[str, ExerciseText]:
    """Return the texts of core and plugins for each exercise, in order."""
    words = dict(core_texts())
    for plugin in recipe.plugins:
        order = list(words)
        place = len(order)
        for name, own in plugin.manifest.exercises.items():
            if name in words:
                place = order.index(name)
            elif own.title and own.task and own.hints:
                order.insert(place := place + 1, name)
            else:
                where = f"{plugin.folder}/plugin.toml: [exercises.{name}]"
                raise PluginError(
                    f"{where}: no such exercise; known are {', '.join(words)}, and one "
                    "of its own needs title, task and hints"
                )
            given = {k: text for k, text in msgspec.structs.asdict(own).items() if text}
            text = words.get(name, ExerciseText())
            words[name] = msgspec.structs.replace(text, **given)
        words = {name: words[name] for name in order}
    return words


@cache
def core_texts() -> Mapping[str, ExerciseText]:
    """Return the texts of the core, in the order of the course."""
    table = tomllib.loads((BASE / "exercises.toml").read_text(encoding="utf-8"))
    return msgspec.convert(table, dict[str, ExerciseText])


def list_tests(files: Tree) -> dict[str, str]:
    """Return the tests of each exercise as rows of TOML, with the Jinja around them."""
    rows: dict[str, str] = defaultdict(str)
    for path, file in files.items():
        matches = list(NAMED_TEST.finditer(file.data.decode())) if is_test(path) else []
        for name in {match["exercise"] for match in matches} - {None}:
            found = (m for m in matches if m["exercise"] in (name, None))
            text = "".join(
                f'    "{path}::{m["test"]}",\n' if m["test"] else f"{m[0]}\n"
                for m in found
            )
            while text != (text := EMPTY_BLOCK.sub("", text)):
                pass
            rows[name] += text
    return rows


def is_test(path: str) -> bool:
    """Return whether a file of a project may contain tests."""
    return path.startswith("tests/") and path.endswith(".py")


@lru_cache
def read_titles(data: bytes) -> dict[int, str]:
    """Return the titles in a list that `to_toml` wrote, by number; none if damaged."""
    try:
        table = tomllib.loads(data.decode())
        return {int(row["number"]): str(row["title"]) for row in table["exercise"]}
    except (ValueError, KeyError, TypeError):
        return {}


def to_toml(exercises: Mapping[str, Exercise], tests: Mapping[str, str]) -> str:
    """Return the list of exercises, as a project keeps it."""
    tables = []
    for name, exercise in exercises.items():
        keys = {"number": exercise.number, **msgspec.structs.asdict(exercise.text)}
        hints = keys.pop("hints")
        rows = [f"{k} = {json.dumps(v, ensure_ascii=False)}\n" for k, v in keys.items()]
        lines = (f"    {json.dumps(hint, ensure_ascii=False)},\n" for hint in hints)
        rows += ["hints = [\n", *lines, "]\n"]
        rows += ["tests = [\n", tests.get(name, ""), "]\n"]
        tables.append("[[exercise]]\n" + "".join(rows))
    return "\n".join(tables)
