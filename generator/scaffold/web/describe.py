"""What the page shows of a project: its form, its files and its commands."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scaffold.catalog.questions import Question
from scaffold.compose.recipe import CHOICES
from scaffold.project.create import RenderedProject
from scaffold.project.project_state import ExistingProject
from scaffold.web.generator import Choices, Outcome


def describe_questions(made: Outcome) -> list[dict[str, object]]:
    """Return the questions that are asked, with the values that they have."""
    answers = made.rendered.answers
    rows = [
        describe_question(name, question, answers.stored[name])
        for name, question in made.rendered.questions.items()
        if name in answers.stored
    ]
    chosen = made.recipe.choices
    rows += [describe_question(name, q, chosen[name]) for name, q in CHOICES.items()]
    return rows


def describe_question(name: str, question: Question, value: Any) -> dict[str, object]:
    """Return a question, its choices as label and value, and the value it has."""
    return {
        "name": name,
        "help": question.help or name,
        "type": question.format or question.type,
        "choices": [[label, str(v)] for label, v in question.labels.items()],
        "value": str(value),
    }


def describe_files(rendered: RenderedProject) -> list[dict[str, str | None]]:
    """Return the files in reading order; those that are no text have no content."""
    rows = []
    for path, purpose in rendered.purposes.items():
        text = rendered.files[path].data.decode() if path in rendered.files else None
        rows.append({"path": path, "purpose": purpose, "text": text})
    return rows


def is_file(made: Outcome, name: str) -> bool:
    """Return whether the answer to a question is the path of a file."""
    question = made.rendered.questions.get(name)
    return question is not None and question.format == "file"


def new_command(choices: Choices, made: Outcome, folders: Mapping[str, str]) -> str:
    """Return the command that writes the same project."""
    answers = made.rendered.answers
    words = ["scaffold", "new", str(answers.values["project_name"])]
    words += ["--task", choices.task]
    words += [word for name in choices.features for word in ("--with", name)]
    for name, text in made.given.items():
        if name != "project_name" and (name in CHOICES or name in answers.stored):
            text = Path(text).name if is_file(made, name) else text
            words += ["--set", f"{name}={text}"]
    sources = {plugin.folder for plugin in made.recipe.plugins}
    for folder, original in folders.items():
        if any(Path(folder) in (source, *source.parents) for source in sources):
            words += ["--plugin", original]
    return shlex.join([*words, "--defaults"])


def commands(
    choices: Choices,
    made: Outcome,
    folders: Mapping[str, str],
    opened: ExistingProject | None,
) -> list[tuple[str, str]]:
    """Return the commands that do what was chosen, each with a title."""
    if opened:
        return merge_commands(choices, made, opened)
    rows = [("Write the same project", new_command(choices, made, folders))]
    if choices.features:
        add = shlex.join(["scaffold", "add", *choices.features])
        rows.append(("Add the features to another project", add))
    return rows


def merge_commands(
    choices: Choices, made: Outcome, opened: ExistingProject
) -> list[tuple[str, str]]:
    """Return the commands that update a project, and change its features."""
    present = opened.record.features
    added = [name for name in choices.features if name not in present]
    removed = [name for name in present if name not in choices.features]
    changed = [
        word
        for name, text in made.given.items()
        if text != opened.record.choices.get(name)
        for word in ("--set", f"{name}={text}")
    ]
    rows = [("Update the project", ["update", *changed])]
    rows += [("Add features", ["add", *added])] if added else []
    rows += [("Remove features", ["remove", *removed])] if removed else []
    return [(title, shlex.join(["scaffold", *words])) for title, words in rows]
