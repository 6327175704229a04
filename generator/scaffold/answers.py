"""Questions and what was typed, to validated answers."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from scaffold.errors import ArgumentError
from scaffold.questions import Question, Value


class Answers(NamedTuple):
    """The value of every question; `stored` are those that the project keeps.

    `files` are to be copied into the project, by the path that they get in it.
    """

    values: dict[str, Value]
    stored: dict[str, Value]
    files: dict[str, Path]


class Renderer(Protocol):
    """Renders a Jinja text with the answers so far."""

    def __call__(self, text: str, values: Mapping[str, Any]) -> str: ...


# Asked for a question, its default, and a check that raises ArgumentError for a wrong
# text; returns the accepted value.
Asker = Callable[[str, Question, Value, Callable[[str], Value]], Value]


def answer(
    questions: Mapping[str, Question],
    given: Mapping[str, str],
    render: Renderer,
    ask: Asker | None = None,
    also: Iterable[str] = (),
) -> Answers:
    """Return all answers, in the order of the questions: given, asked, or default.

    `also` are keys of the recipe, for the message on a key that is no question. Raises
    ArgumentError for such a key, and for a value against the rules.
    """
    check_keys(questions, given, also)
    answers = Answers({}, {}, {})
    for name, question in questions.items():

        def check(text: str, name: str = name, question: Question = question) -> Value:
            if question.format == "file" and text:
                text = attach(name, text, answers.files)
            return accept(name, question, text, answers.values, render)

        asked = applies(question, answers.values, render)
        value = default(question, answers.values, render)
        if asked and name in given:
            value = check(given[name])
        elif asked and ask:
            value = ask(name, question, value, check)
        elif asked:
            value = check(str(value))
        answers.values[name] = value
        if asked:
            answers.stored[name] = value
    return answers


def carry_over(
    stored: Mapping[str, str], questions: Mapping[str, Question]
) -> dict[str, str]:
    """Return the stored answers to the questions that are still asked, by name."""
    kept = {}
    for name, question in questions.items():
        others = [old for old in question.formerly if old not in questions]
        found = [old for old in (name, *others) if old in stored]
        if found and not question.hidden:
            kept[name] = stored[found[0]]
    return kept


def check_keys(
    questions: Mapping[str, Question], given: Mapping[str, str], also: Iterable[str]
) -> None:
    """Raise ArgumentError for a key that cannot be set."""
    from scaffold.plugins import suggest

    known = [name for name, question in questions.items() if not question.hidden]
    for name in given:
        if name in questions and name not in known:
            raise ArgumentError(
                f"--set {name}: it is not asked, but follows from the rest"
            )
        if name not in known:
            raise ArgumentError(
                f"--set {name}: no such key; {suggest(name, [*known, *also])}"
            )


def attach(name: str, text: str, files: dict[str, Path]) -> str:
    """Note the file at the path `text`, to be copied; return its name."""
    path = Path(text).expanduser()
    if not path.is_file():
        raise ArgumentError(f"{name}: there is no file {text!r}; give the path of one")
    files[f"data/{path.name}"] = path
    return path.name


def applies(question: Question, values: Mapping[str, Value], render: Renderer) -> bool:
    """Return whether a question is asked, given the answers before it."""
    if isinstance(question.when, bool):
        return question.when
    return to_bool(render(question.when, values).strip() or "false")


def default(question: Question, values: Mapping[str, Value], render: Renderer) -> Value:
    """Return the default of a question, given the answers before it."""
    if not question.computed:
        return question.default
    return convert(question.type, render(str(question.default), values))


def accept(
    name: str,
    question: Question,
    text: str,
    values: Mapping[str, Value],
    render: Renderer,
) -> Value:
    """Return the value that `text` stands for, or raise ArgumentError."""
    example = f"for example {question.default}" if str(question.default) else ""
    try:
        value = convert(question.type, text)
    except ValueError as error:
        kind = {"str": "text", "int": "whole number", "float": "finite number"}
        wanted = kind.get(question.type, "yes or no")
        problem = f"is no {wanted}" if question.type != "bool" else f"is not {wanted}"
        raise ArgumentError(f"{name}: {text!r} {problem}, {example}") from error
    if question.choices and value not in question.labels.values():
        known = ", ".join(map(str, question.labels.values()))
        raise ArgumentError(f"{name}: {text!r} is no choice; choose from {known}")
    problem = bad_character(text)
    if not problem and question.validator:
        problem = render(question.validator, {**values, name: value}).strip()
    if problem:
        raise ArgumentError(f"{name}: {text!r} will not do: {problem}")
    return value


def bad_character(text: str) -> str:
    """Return what is wrong with a text that not every file can hold, or ""."""
    for character in text:
        if unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}:
            return f"it holds {character!a}, but must be one line of text, like abc"
    return ""


def convert(kind: str, text: str) -> Value:
    """Return the value that a text stands for; raise ValueError if for none."""
    if kind == "bool":
        return to_bool(text)
    if kind == "int":
        return int(text)
    if kind == "float":
        number = float(text)
        if not isfinite(number):
            raise ValueError(f"{text} is not finite")
        return number
    return text


def to_bool(text: str) -> bool:
    """Return True or False for the words that people type for it."""
    words = {"true": True, "yes": True, "on": True, "1": True}
    words |= {"false": False, "no": False, "off": False, "0": False}
    if text.lower() not in words:
        raise ValueError(f"{text!r} is neither yes nor no")
    return words[text.lower()]
