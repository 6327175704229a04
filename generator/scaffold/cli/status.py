"""`scaffold status`: whether a project has what is installed."""

import json
from pathlib import Path
from typing import Any

import click

from scaffold.cli.options import json_option, plugin_option, project_argument

BEHIND = 3  # the exit code when an update is there


@click.command()
@project_argument
@plugin_option
@json_option
def status(project: Path, folders: tuple[Path, ...], as_json: bool) -> int:
    """Say what the project in DIR was made with, and whether an update is there.

    \b
    The exit code is for scripts:
      0  the project is current
      3  an update is available: scaffold update
    """
    found = look(project, folders)
    if as_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        say(found)
    return 0 if found["current"] else BEHIND


def look(folder: Path, plugins: tuple[Path, ...]) -> dict[str, Any]:
    """Return what there is to say of a project."""
    from scaffold.existing import open_project
    from scaffold.installed import find_recipe, is_current, versions

    project = open_project(folder)
    recipe = find_recipe(project, plugins)
    return {
        "path": str(folder.absolute()),
        "task": recipe.task.manifest.name,
        "current": is_current(project, recipe),
        "before": project.versions,
        "after": versions(recipe),
        "commit": project.tag,
    }


def say(found: dict[str, Any]) -> None:
    """Print it for people."""
    from scaffold.cli.update import describe_versions

    click.echo(f"task {found['task']}: {describe_versions(found)}")
    if found["current"]:
        click.echo("The project is current.")
    else:
        click.echo("An update is available: scaffold update --dry-run shows it.")
