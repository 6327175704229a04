"""`scaffold show`: show questions, files and expected results of a task."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scaffold.cli.options import json_option, plugin_option
from scaffold.cli.output import print_json, print_tree

if TYPE_CHECKING:
    from scaffold.catalog.plugins import Plugin
    from scaffold.catalog.questions import Question
    from scaffold.project.create import RenderedProject


@click.command()
@click.argument("task")
@plugin_option
@json_option
def show(task: str, folders: tuple[Path, ...], as_json: bool) -> None:
    """Show a task's questions, files and expected results."""
    from scaffold.catalog.plugins import find_task
    from scaffold.compose.recipe import CHOICES, Recipe
    from scaffold.project.create import render_project

    plugin = find_task(task, folders)
    rendered = render_project(Recipe((plugin,)), {"project_name": f"my-{task}"})
    if as_json:
        print_json(to_document(plugin, rendered))
        return
    manifest = plugin.manifest
    click.secho(f"{manifest.title} ({manifest.name} {manifest.version})", bold=True)
    click.echo(f"{manifest.summary}.\n")
    click.echo("Questions (answer with --set KEY=VALUE):")
    for name, question in (rendered.questions | CHOICES).items():
        print_question(name, question)
    click.echo("\nFiles:")
    print_tree(f"my-{task}", rendered)
    click.echo("\nExpected results:")
    for wanted in manifest.expect:
        answers = ", ".join(f"{name}={value}" for name, value in wanted.when.items())
        click.echo(f"  {wanted.sentence} with {answers or 'any answers'}")
    click.echo(f"\nCreate a project: scaffold new my-{task} --task {task}")


def print_question(name: str, question: "Question") -> None:
    """Print a question, its type, its choices and its default."""
    default = "" if question.computed else f", default {question.default!r}"
    click.echo(f"  {name} ({question.type}{default})")
    click.echo(f"      {question.help}")
    for label in question.labels:
        click.echo(f"      - {label}")


def to_document(plugin: "Plugin", rendered: "RenderedProject") -> dict[str, Any]:
    """Return the details of a task, for --json."""
    from scaffold.compose.recipe import CHOICES

    manifest = plugin.manifest
    questions = {
        name: {
            "type": question.type,
            "help": question.help,
            "choices": list(question.labels.values()),
            "default": rendered.answers.values.get(name, question.default),
        }
        for name, question in (rendered.questions | CHOICES).items()
    }
    return {
        "name": manifest.name,
        "title": manifest.title,
        "summary": manifest.summary,
        "family": manifest.family,
        "version": manifest.version,
        "source": plugin.source,
        "questions": questions,
        "files": rendered.purposes,
        "expect": [
            {
                "metric": w.metric,
                "when": w.when,
                "at_least": w.at_least,
                "at_most": w.at_most,
            }
            for w in manifest.expect
        ],
    }
