"""`scaffold show`: what a task or a feature adds."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scaffold.cli.list import describe_rules
from scaffold.cli.options import json_option, plugin_option
from scaffold.cli.output import print_diff, print_json, print_tree

if TYPE_CHECKING:
    from scaffold.catalog.plugins import Plugin
    from scaffold.catalog.questions import Question
    from scaffold.project.create import RenderedProject


@click.command()
@click.argument("name", metavar="TASK|FEATURE")
@click.option(
    "--task", metavar="NAME", help="Show the diff that the feature makes for a task."
)
@plugin_option
@json_option
def show(name: str, task: str | None, folders: tuple[Path, ...], as_json: bool) -> None:
    """Show what a task or feature adds.

    For a task: its questions, files and expected results. For a feature: its rules,
    hyperparameters and files; with --task the diff that it makes in a project.

    \b
    Examples:
      scaffold show circle
      scaffold show serve --task circle
    """
    from scaffold.catalog.plugins import find_source, read_plugin

    plugin = read_plugin(find_source(name, folders))
    if plugin.manifest.kind == "feature":
        show_feature(plugin, task, folders, as_json)
    elif task:
        raise click.UsageError("--task shows the diff of a feature; name one")
    else:
        show_task(plugin, as_json)


def show_task(plugin: "Plugin", as_json: bool) -> None:
    """Print questions, files and expected results of a task."""
    from scaffold.catalog.plugins import find_feature
    from scaffold.compose.recipe import CHOICES, Recipe
    from scaffold.compose.rules import resolve
    from scaffold.project.create import render_project

    name = f"my-{plugin.name}"
    recipe = Recipe((plugin, *resolve(plugin, (), find_feature)))
    rendered = render_project(recipe, {"project_name": name})
    if as_json:
        print_json(task_document(plugin, rendered))
        return
    print_title(plugin)
    click.echo("Questions (answer with --set KEY=VALUE):")
    for key, question in (rendered.questions | CHOICES).items():
        print_question(key, question)
    click.echo("\nFiles:")
    print_tree(name, rendered)
    click.echo("\nExpected results:")
    for result in plugin.task.expected_results:
        answers = ", ".join(f"{key}={value}" for key, value in result.when.items())
        click.echo(f"  {result.sentence} with {answers or 'the defaults'}")
    for what, names in {
        "Features that are added with it": plugin.task.requires,
        "Recommended features": plugin.task.recommends,
    }.items():
        if names:
            click.echo(f"\n{what}: {', '.join(names)}")
    click.echo(f"\nCreate a project: scaffold new {name} --task {plugin.name}")


def show_feature(
    plugin: "Plugin", task: str | None, folders: tuple[Path, ...], as_json: bool
) -> None:
    """Print rules, hyperparameters and files of a feature, or its diff for a task."""
    from scaffold.catalog.plugins import find_feature, find_task
    from scaffold.project.feature_diff import diff_feature

    diff = None
    if task:
        found = find_task(task, folders)
        diff = diff_feature(found, plugin, lambda name: find_feature(name, folders))
    if as_json:
        print_json(feature_document(plugin, diff))
    elif diff is not None:
        print_diff(diff)
    else:
        print_feature(plugin)


def print_feature(plugin: "Plugin") -> None:
    """Print rules, hyperparameters and files of a feature."""
    print_title(plugin)
    click.echo(f"Works with: {describe_rules(plugin)}")
    if plugin.manifest.config:
        click.echo("\nHyperparameters:")
        for name, field in plugin.manifest.config.items():
            click.echo(f"  {name} (default {field.default!r}): {field.help}")
    for name, question in plugin.manifest.questions.items():
        print_question(name, question)
    click.echo("\nFiles:")
    for path, purpose in plugin.manifest.files.items():
        click.echo(f"  {path:<40} {purpose}")
    if plugin.feature.replaces:
        click.echo(f"\nReplaces: {', '.join(plugin.feature.replaces)}")
    click.echo(f"\nShow its diff: scaffold show {plugin.name} --task circle")
    click.echo(f"Add it to a project: scaffold add {plugin.name}")


def print_title(plugin: "Plugin") -> None:
    """Print title, version and summary of a plugin."""
    manifest = plugin.manifest
    click.secho(f"{manifest.title} ({manifest.name} {manifest.version})", bold=True)
    click.echo(f"{manifest.summary}.\n")


def print_question(name: str, question: "Question") -> None:
    """Print a question, its type, its choices and its default."""
    default = "" if question.computed else f", default {question.default!r}"
    click.echo(f"  {name} ({question.type}{default})")
    click.echo(f"      {question.help}")
    for label in question.labels:
        click.echo(f"      - {label}")


def task_document(plugin: "Plugin", rendered: "RenderedProject") -> dict[str, Any]:
    """Return all that is shown of a task, for --json."""
    from scaffold.compose.recipe import CHOICES

    task = plugin.task
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
        "kind": "task",
        "name": task.name,
        "title": task.title,
        "summary": task.summary,
        "family": task.family,
        "version": task.version,
        "source": plugin.source,
        "questions": questions,
        "files": rendered.purposes,
        "requires": task.requires,
        "recommends": task.recommends,
        "expected_results": [
            {
                "metric": result.metric,
                "when": result.when,
                "at_least": result.at_least,
                "at_most": result.at_most,
            }
            for result in task.expected_results
        ],
    }


def feature_document(plugin: "Plugin", diff: str | None) -> dict[str, Any]:
    """Return all that is shown of a feature, for --json."""
    feature = plugin.feature
    return {
        "kind": "feature",
        "name": feature.name,
        "title": feature.title,
        "summary": feature.summary,
        "version": feature.version,
        "source": plugin.source,
        "requires": feature.requires,
        "conflicts": feature.conflicts,
        "needs_validation": feature.needs_validation,
        "replaces": feature.replaces,
        "files": feature.files,
        **({} if diff is None else {"diff": diff}),
    }
