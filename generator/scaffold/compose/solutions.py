"""Solutions of exercises in a template's files: kept, or left to the learner.

The variant `solution` removes the markers; `exercise` replaces each solution by a
NotImplementedError that describes what to write.
"""

import json
import re
from collections.abc import Mapping

from scaffold.compose.exercises import REGION, TEST, Exercise
from scaffold.compose.imports import insert_import
from scaffold.errors import PluginError

WIDTH = 88  # of the generated code
MARK = re.compile(r"^ *### (?:BEGIN SOLUTION: \w+|END SOLUTION|EXERCISE: \w+)\n", re.M)


def strip_markers(text: str) -> str:
    """Return a file with its solutions, without the markers of exercises."""
    return MARK.sub("", text)


def blank_out_solutions(text: str, exercises: Mapping[str, Exercise]) -> str:
    """Return a file without its solutions, in which tests name their exercise."""

    def to_exercise(match: re.Match[str]) -> str:
        if match[2] not in exercises:
            return match[3]  # solved, since the recipe does not leave it open
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
            return ""  # not in this task, or not left open
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
