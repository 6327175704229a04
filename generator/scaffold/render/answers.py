"""Resolve the answers to a template's questions: given, prompted for, or default."""

from collections.abc import Callable, Iterable, Mapping
from errno import ENOENT
from pathlib import Path
from typing import NamedTuple

from scaffold.catalog.questions import Question, Value
from scaffold.catalog.values import Renderer, accept, convert, to_bool
from scaffold.errors import ArgumentError, PluginError


class Answers(NamedTuple):
    """The answers to all questions.

    `stored` is the part that the project's answers file keeps; `files` are the user's
    files to copy into the project, by their path in it.
    """

    values: dict[str, Value]
    stored: dict[str, Value]
    files: dict[str, Path]


# Prompts for an answer: called with the name, the question, its default, and a function
# that validates a text or raises ArgumentError.
Asker = Callable[[str, Question, Value, Callable[[str], Value]], Value]


def collect_answers(
    questions: Mapping[str, Question],
    given: Mapping[str, str],
    render: Renderer,
    ask: Asker | None = None,
    also: Iterable[str] = (),
) -> Answers:
    """Return all answers, in the order of the questions.

    `also` are the keys of the recipe, for the message about an unknown key. Raises
    ArgumentError for unknown keys and invalid values.
    """
    check_keys(questions, given, also)
    answers = Answers({}, {}, {})
    for name, question in questions.items():

        def check(text: str, name: str = name, question: Question = question) -> Value:
            if question.format == "file" and text:
                text = resolve_file_answer(name, text, answers.files)
            return accept(name, question, text, answers.values, render)

        asked = is_asked(question, answers.values, render)
        value = default_value(question, answers.values, render)
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


def migrate_answers(
    stored: Mapping[str, str], questions: Mapping[str, Question]
) -> dict[str, str]:
    """Return the stored answers to questions that still exist, by current name."""
    kept = {}
    for name, question in questions.items():
        others = [old for old in question.renamed_from if old not in questions]
        found = [old for old in (name, *others) if old in stored]
        if found and not question.hidden:
            kept[name] = stored[found[0]]
    return kept


def check_keys(
    questions: Mapping[str, Question], given: Mapping[str, str], also: Iterable[str]
) -> None:
    """Raise ArgumentError for an unknown key, or one that cannot be set."""
    from scaffold.catalog.plugins import suggest

    known = [name for name, question in questions.items() if not question.hidden]
    for name in given:
        if name in questions and name not in known:
            raise ArgumentError(
                f"--set {name}: it is computed from other answers and cannot be set"
            )
        if name not in known:
            raise ArgumentError(
                f"--set {name}: unknown key; {suggest(name, [*known, *also])}"
            )


def resolve_file_answer(name: str, text: str, files: dict[str, Path]) -> str:
    """Add the file at the path `text` to `files`; return its name."""
    try:
        path = Path(text).expanduser()
        if not path.is_file():
            raise FileNotFoundError(ENOENT, "file not found")
        with path.open("rb") as file:
            file.read(1)
    except (OSError, RuntimeError) as error:  # RuntimeError: ~name of no user
        reason = getattr(error, "strerror", error)
        raise ArgumentError(
            f"{name}: {reason}: {text!r}; give the path of an existing file"
        ) from error
    files[f"data/{path.name}"] = path
    return path.name


def is_asked(question: Question, values: Mapping[str, Value], render: Renderer) -> bool:
    """Return whether a question is asked, given the previous answers."""
    if isinstance(question.when, bool):
        return question.when
    text = render(question.when, values).strip()
    try:
        return to_bool(text or "false")
    except ValueError as error:
        raise PluginError(f"when: {question.when!r} gives {text!r:.40}") from error


def default_value(
    question: Question, values: Mapping[str, Value], render: Renderer
) -> Value:
    """Return the default of a question, given the previous answers."""
    if not question.computed:
        default = question.default
        return convert("yaml", str(default)) if question.type == "yaml" else default
    text = render(str(question.default), values)
    try:
        return convert(question.type, text)
    except ValueError as error:
        reason = f"gives {text!r:.40}, which is not of type {question.type}"
        raise PluginError(f"default: {question.default!r} {reason}") from error
