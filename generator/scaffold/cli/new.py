"""`scaffold new`: create a project."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli.options import json_option, parse_settings, plugin_option
from scaffold.cli.output import print_json, print_tree
from scaffold.cli.prompts import (
    ask,
    ask_choices,
    choose_features,
    choose_task,
    is_terminal,
)
from scaffold.errors import ArgumentError

if TYPE_CHECKING:
    from scaffold.catalog.plugins import Plugin
    from scaffold.project.create import RenderedProject
    from scaffold.render.answers import Answers


@click.command()
@click.argument("dest", required=False)
@click.option(
    "--task", metavar="NAME", help="The task of the project; see scaffold list."
)
@click.option(
    "--with",
    "features",
    metavar="FEATURE",
    multiple=True,
    help="Add a feature; repeatable. scaffold list shows them.",
)
@click.option(
    "--preset",
    type=click.Choice(["core", "full"]),
    default="core",
    show_default=True,
    help="core: no features besides --with; full: all that can be combined.",
)
@click.option(
    "--set",
    "settings",
    metavar="KEY=VALUE",
    multiple=True,
    help="Set an answer, such as model=linear; repeatable. "
    "scaffold show TASK lists the keys.",
)
@click.option("--defaults", is_flag=True, help="Use defaults; do not prompt.")
@click.option("--dry-run", is_flag=True, help="Show the files; write nothing.")
@click.option("--no-git", is_flag=True, help="Do not create a Git repository.")
@plugin_option
@json_option
def new(
    dest: str | None,
    task: str | None,
    features: tuple[str, ...],
    preset: str,
    settings: tuple[str, ...],
    defaults: bool,
    dry_run: bool,
    no_git: bool,
    folders: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Create a project.

    DEST is the new folder, by default named like the task. Its last part becomes the
    name of the project and of its Python package (my-circle: my_circle), unless --set
    project_name=NAME is given. On a terminal, it prompts for answers that are not set.

    \b
    Examples:
      scaffold new my-circle --task circle
      scaffold new steep --task line --set weight=0.5 --set model=linear --defaults
      scaffold new my-digits --task digits --with early-stopping --with serve
    """
    from scaffold.compose.recipe import make_recipe
    from scaffold.project.create import create, render_project
    from scaffold.project.destination import absolute, check_destination

    terminal = is_terminal()
    prompt = terminal and not defaults
    task = task or choose_task(terminal, folders)
    given = parse_settings(settings)
    if prompt:
        given = ask_choices(given)
        if not features and preset == "core":
            features = choose_features(
                task, folders, lambda names: find_plugins(task, names, preset, folders)
            )
    recipe, given = make_recipe(find_plugins(task, features, preset, folders), given)
    destination = Path(dest or task)
    check_destination(destination)
    given = {"project_name": absolute(destination).name} | given
    if recipe.task.task.table and given.get("data") and given.get("target"):
        given = with_family(given, bool(prompt))
    rendered = render_project(recipe, given, ask if prompt else None)
    if prompt and recipe.task.task.table:
        check_answers(rendered.answers)
    repository = not dry_run and create(rendered, destination, with_git=not no_git)
    if as_json:
        print_document(rendered, destination, not dry_run, repository)
    elif dry_run:
        print_dry_run(rendered, destination)
    else:
        print_result(rendered, destination, repository)


def with_family(given: dict[str, str], prompt: bool) -> dict[str, str]:
    """Return the answers with the family that the target of the table has.

    Raises ArgumentError if the table cannot be read, or does not suit the answers, or
    if its family is unknown and will not be asked for.
    """
    from scaffold.render.answers import resolve_file_answer
    from scaffold.render.table_check import check_table

    files: dict[str, Path] = {}
    resolve_file_answer("data", given["data"], files)
    (path,) = files.values()
    family = check_table(path, given["target"], given.get("family", ""))
    if family and "family" not in given:
        click.echo(f"family: {family}, from the values of {given['target']}", err=True)
        return given | {"family": family}
    if not family and not prompt:
        raise ArgumentError(
            f"family: not known from {path.name!r}, which is no CSV file; use --set "
            "family=regression, binary or multiclass"
        )
    return given


def check_answers(answers: "Answers") -> None:
    """Raise ArgumentError if target and family do not suit the table of the answers."""
    from scaffold.render.table_check import check_table

    for path in answers.files.values():
        check_table(path, *(str(answers.values[key]) for key in ("target", "family")))


def find_plugins(
    task: str, features: Sequence[str], preset: str, folders: tuple[Path, ...]
) -> list["Plugin"]:
    """Return the task, and the features in canonical order."""
    from scaffold.catalog.plugins import find_feature, find_task, valid_plugins
    from scaffold.compose.rules import full_preset, resolve

    def find(name: str) -> "Plugin":
        return find_feature(name, folders)

    plugin = find_task(task, folders)
    chosen = [find(name) for name in features]
    if preset == "full":
        available = valid_plugins("feature", folders)
        chosen = full_preset(plugin, available, find, chosen)
    return [plugin, *resolve(plugin, chosen, find)]


def print_document(
    rendered: "RenderedProject", destination: Path, written: bool, repository: bool
) -> None:
    """Print the created project, or that of a dry run, as one JSON document."""
    from scaffold.project.destination import absolute

    document = {
        "path": str(absolute(destination)),
        "written": written,
        "repository": repository,
        "answers": rendered.answers.stored,
        "files": rendered.purposes,
        "next": next_commands(rendered, destination),
    }
    print_json(document)


def print_dry_run(rendered: "RenderedProject", destination: Path) -> None:
    """Print the files that would be written."""
    print_tree(str(destination), rendered)
    click.echo("\nDry run: nothing was written.")


def print_result(
    rendered: "RenderedProject", destination: Path, repository: bool
) -> None:
    """Print what was created, and the next commands to run."""
    git = "with a Git repository and a first commit"
    if not repository:
        git = "without a Git repository of its own"
    files = f"{len(rendered.purposes)} files"
    click.echo(f"Created {destination} ({files}), {git}.\n\nNext steps:")
    for command in next_commands(rendered, destination):
        click.echo(f"  {command}")


def next_commands(rendered: "RenderedProject", destination: Path) -> list[str]:
    """Return the commands to train the model, or to start with the exercises."""
    has_exercises = f"{rendered.package}/exercises.toml" in rendered.files
    command = "exercises" if has_exercises else "train"
    return [
        f"cd {shlex.quote(str(destination))}",
        "pip install -e '.[test]'",
        f"python -m {rendered.package} {command}",
    ]
