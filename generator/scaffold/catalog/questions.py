"""The questions of a template: type, default, and what may be answered."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from scaffold.errors import PluginError

Scalar = bool | int | float | str
Value = Scalar | list[str]  # a list only for constants
Choices = Sequence[Scalar] | Mapping[str, Scalar]

# A constant of type yaml holds a list; its default is written as YAML text.
TYPES: Mapping[str, type] = {
    "str": str,
    "int": int,
    "float": float,
    "bool": bool,
    "yaml": str,
}


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One question, with the keys that it has in `plugin.toml` and in `copier.yml`.

    `default`, `validator` and `when` may be Jinja expressions. `choices` is a list of
    values, or a table label -> value. With format "file" the answer is a file's path,
    and the file is copied into the project; Copier only knows its name. Stored answers
    to a question that was renamed are found by `renamed_from`.
    """

    type: Literal["str", "int", "float", "bool", "yaml"]
    default: Scalar
    help: str = ""
    choices: Choices | None = None
    validator: str = ""
    when: bool | str = True
    format: Literal["", "file"] = ""
    renamed_from: list[str] = []  # names that it had in earlier versions

    @property
    def hidden(self) -> bool:
        """Whether it is never asked nor stored: a constant or a computed value."""
        return self.when is False

    @property
    def labels(self) -> dict[str, Scalar]:
        """The choices as label -> value; empty if every value of the type will do."""
        if isinstance(self.choices, Mapping):
            return dict(self.choices)
        return {str(value): value for value in self.choices or ()}

    @property
    def computed(self) -> bool:
        """Whether the default is an expression over other answers."""
        return isinstance(self.default, str) and "{{" in self.default


def parse_question(table: Any, where: str) -> Question:
    """Return a question from its table; a PluginError begins with `where`."""
    try:
        question = msgspec.convert(table, Question)
    except msgspec.ValidationError as error:
        raise PluginError(f"{where}: {explain(error)}") from error
    kind = TYPES[question.type]
    for value in question.labels.values():
        if type(value) is not kind:
            raise PluginError(
                f"{where}: choice {value!r} is not of type {question.type}"
            )
    if not question.computed:
        check_default(question, kind, where)
    return question


def check_default(question: Question, kind: type, where: str) -> None:
    """Raise PluginError if a default has the wrong type or is not among the choices."""
    if type(question.default) is not kind:
        raise PluginError(
            f"{where}: default {question.default!r} is not of type {question.type}"
        )
    if question.choices and question.default not in question.labels.values():
        known = ", ".join(map(str, question.labels.values()))
        raise PluginError(f"{where}: default {question.default!r} is not among {known}")


def explain(error: msgspec.ValidationError) -> str:
    """Return what is wrong in words that fit a table of keys, as TOML and YAML have."""
    message, _, place = str(error).partition(" - at `$")
    message = message.replace("Object contains unknown field", "unknown key")
    message = message.replace("Object missing required field", "missing key")
    key = place.strip("`.")
    return f"{key}: {message}" if key and not key.startswith("[") else message
