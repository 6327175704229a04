"""Convert and validate the text that was given for a question."""

import unicodedata
from collections.abc import Mapping
from math import isfinite
from typing import Any, Protocol

import yaml

from scaffold.catalog.questions import Question, Value
from scaffold.errors import ArgumentError


class Renderer(Protocol):
    """Renders a Jinja text with the answers so far."""

    def __call__(self, text: str, values: Mapping[str, Any]) -> str: ...


def accept(
    name: str,
    question: Question,
    text: str,
    values: Mapping[str, Value],
    render: Renderer,
) -> Value:
    """Return the value that `text` stands for, or raise ArgumentError."""
    text = decode_argument(text)
    example = f"for example {question.default}" if str(question.default) else ""
    try:
        value = convert(question.type, text)
    except ValueError as error:
        kind = {"int": "a whole number", "float": "a finite number"}
        wanted = kind.get(question.type, "yes or no")
        problem = f"{name}: {text!r} is not {wanted}"
        raise ArgumentError(f"{problem}, {example}".rstrip(", ")) from error
    if question.choices and value not in question.labels.values():
        known = ", ".join(map(str, question.labels.values()))
        raise ArgumentError(f"{name}: invalid choice {text!r} (choose from {known})")
    problem = bad_character(text)
    if not problem and question.validator:
        problem = render(question.validator, {**values, name: value}).strip()
    if problem:
        raise ArgumentError(f"{name}: invalid value {text!r}: {problem}")
    return value


def decode_argument(text: str) -> str:
    """Return a text as UTF-8 if Python took it for ASCII, as with LC_ALL=C."""
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeError:
        return text


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
    if kind == "yaml":
        return list(yaml.safe_load(text))
    return text


def to_bool(text: str) -> bool:
    """Return True or False for the words that people type for it."""
    words = {"true": True, "yes": True, "on": True, "1": True}
    words |= {"false": False, "no": False, "off": False, "0": False}
    if text.lower() not in words:
        raise ValueError(f"{text!r} is neither yes nor no")
    return words[text.lower()]
