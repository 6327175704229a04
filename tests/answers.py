"""Answers to the exercises: as the course would write them, and as students do.

They are in tests/generated/answers/, one file for each task, and core.toml.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from textwrap import dedent, indent
from typing import Any, NamedTuple

COURSE = ["data", "model", "loss", "predict", "step", "evaluate", "save", "load"]
EXERCISE = re.compile(
    r"^( *)# exercise (\d+): .*?^ *# end of exercise \2\n", re.MULTILINE | re.DOTALL
)
FOLDER = Path(__file__).parent / "generated" / "answers"
RETURNS_NOTHING = "is a `return` missing"
# What the tests say of `pass` instead of an answer.
NOTHING = {
    "model": "set layers as attributes",
    "step": "'loss' is not defined",
    "save": "torch.save must write to tmp",
    "load": "'checkpoint' is not defined",
}

Answers = Mapping[str, list[str]]  # by exercise, a text for each place where it is open


class Wrong(NamedTuple):
    """A wrong answer to one exercise, beside right ones to all others."""

    exercise: str
    name: str
    answers: Answers
    says: str  # a part of the message that the student gets

    @property
    def number(self) -> int:
        """The number of the exercise."""
        return COURSE.index(self.exercise) + 1


@cache
def read_table(name: str) -> Mapping[str, Any]:
    """Return a file of answers: for each exercise the answer and what is wrong."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text())


def right_answers(task: str) -> Answers:
    """Return the answer to each exercise of a task, in their order."""
    tables = {**read_table("core"), **read_table(task)}
    return {name: tables[name]["answer"] for name in COURSE}


def wrong_answers(task: str) -> list[Wrong]:
    """Return the wrong answers to each exercise of a task, and no answer to each."""
    right = right_answers(task)
    tables = {**read_table("core"), **read_table(task)}
    found = []
    for name in COURSE:
        nothing = "def loss_fn(*args):\n    pass" if name == "loss" else "pass"
        texts = [nothing for _ in right[name]]
        says = NOTHING.get(name, RETURNS_NOTHING)
        found.append(Wrong(name, "pass", {**right, name: texts}, says))
        for wrong in tables[name]["wrong"]:
            texts = [text.replace(wrong["old"], wrong["new"]) for text in right[name]]
            assert texts != right[name], (task, name, wrong)
            answers = {**right, name: texts}
            found.append(Wrong(name, wrong["name"], answers, wrong["says"]))
    return found


def write_answers(text: str, answers: Answers) -> str:
    """Return a module with answers between the marks of its open exercises."""
    places = {name: iter(texts) for name, texts in answers.items()}

    def answer(match: re.Match[str]) -> str:
        name = COURSE[int(match[2]) - 1]
        if name not in places:
            return match[0]
        first, *_, last = match[0].splitlines(keepends=True)
        body = dedent(next(places[name])).strip()
        return f"{first}{indent(body, match[1])}\n{last}"

    return EXERCISE.sub(answer, text)
