"""Questions and what was typed, to validated answers."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from scaffold.catalog.questions import Question, Value
from scaffold.catalog.values import Renderer, accept, convert, to_bool
from scaffold.errors import ArgumentError


class Answers(NamedTuple):
    """The value of every question; `stored` are those that the project keeps.

    `files` are to be copied into the project, by the path that they get in it.
    """

    values: dict[str, Value]
    stored: dict[str, Value]
    files: dict[str, Path]


# Asked for a question, its default, and a check that raises ArgumentError for a wrong
# text; returns the accepted value.
Asker = Callable[[str, Question, Value, Callable[[str], Value]], Value]


def collect_answers(
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
    from scaffold.catalog.plugins import suggest

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


def resolve_file_answer(name: str, text: str, files: dict[str, Path]) -> str:
    """Note the file at the path `text`, to be copied; return its name."""
    path = Path(text).expanduser()
    if not path.is_file():
        raise ArgumentError(f"{name}: there is no file {text!r}; give the path of one")
    files[f"data/{path.name}"] = path
    return path.name


def is_asked(question: Question, values: Mapping[str, Value], render: Renderer) -> bool:
    """Return whether a question is asked, given the answers before it."""
    if isinstance(question.when, bool):
        return question.when
    return to_bool(render(question.when, values).strip() or "false")


def default_value(
    question: Question, values: Mapping[str, Value], render: Renderer
) -> Value:
    """Return the default of a question, given the answers before it."""
    if not question.computed:
        return question.default
    return convert(question.type, render(str(question.default), values))
