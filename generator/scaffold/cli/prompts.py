"""The prompts of `scaffold new`, on stderr."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from scaffold.catalog.questions import Question, Value


def is_terminal() -> bool:
    """Return whether a user can be prompted: stdin and stderr are terminals."""
    return all(stream and stream.isatty() for stream in (sys.stdin, sys.stderr))


def choose_task(terminal: bool, folders: tuple[Path, ...]) -> str:
    """Prompt for the task; raise UsageError if this is not a terminal."""
    from scaffold.catalog.plugins import valid_plugins

    tasks = valid_plugins("task", folders)
    names = [task.name for task in tasks]
    if not terminal:
        raise click.UsageError(
            f"missing option --task (choose from {', '.join(names)})"
        )
    click.echo("Which task?", err=True)
    for task in tasks:
        click.echo(f"  {task.name:<16} {task.manifest.summary}", err=True)
    choice: str = click.prompt("task", type=click.Choice(names), err=True)
    return choice


def choose_features(
    task: str, folders: tuple[Path, ...], check: Callable[[tuple[str, ...]], object]
) -> tuple[str, ...]:
    """Prompt for features until `check`, which raises ArgumentError, accepts them."""
    from scaffold.catalog.plugins import find_task, valid_plugins
    from scaffold.compose.rules import find_conflict
    from scaffold.errors import ArgumentError

    plugin = find_task(task, folders)
    possible = [
        feature
        for feature in valid_plugins("feature", folders)
        if not find_conflict(feature, plugin, ())
        and feature.name not in plugin.task.requires
    ]
    if not possible:
        return ()
    click.echo(
        "\nWhich features? More can be added later, with scaffold add.", err=True
    )
    for feature in possible:
        click.echo(f"  {feature.name:<16} {feature.manifest.summary}", err=True)
    default = " ".join(plugin.task.recommends) or "none"
    while True:
        text = click.prompt("features, separated by spaces", default=default, err=True)
        words = text.replace(",", " ").split()
        names = tuple(name for name in words if name != "none")
        try:
            check(names)
        except ArgumentError as error:
            click.echo(f"  {error}", err=True)
        else:
            return names


def ask_choices(given: dict[str, str]) -> dict[str, str]:
    """Prompt for comment level, variant and language, unless they are given."""
    from scaffold.catalog.values import accept
    from scaffold.compose.recipe import CHOICES, no_jinja

    answers = dict(given)
    for name, question in CHOICES.items():
        if name not in given and question.choices:

            def check(text: str, name: str = name) -> "Value":
                return accept(name, CHOICES[name], text, {}, no_jinja)

            answers[name] = str(ask(name, question, question.default, check))
    return answers


def ask(
    name: str, question: "Question", default: "Value", check: Callable[[str], "Value"]
) -> "Value":
    """Prompt for an answer on stderr until it is valid."""
    from scaffold.errors import ArgumentError

    click.echo(f"\n{question.help or name}", err=True)
    for label in question.labels:
        click.echo(f"  {label}", err=True)
    while True:
        text = click.prompt(name, default=str(default), type=str, err=True)
        try:
            return check(text)
        except ArgumentError as error:
            click.echo(f"  {error}", err=True)
