"""`scaffold status`: whether projects have what is installed."""

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scaffold.cli.options import json_option, plugin_option, project_argument
from scaffold.cli.output import print_json, print_table

if TYPE_CHECKING:
    from scaffold.teach.bulk_status import Standing

BEHIND = 3  # the exit code when an update is there


@click.command()
@project_argument
@click.option("--recursive", is_flag=True, help="Include all projects below DIR.")
@plugin_option
@json_option
def status(
    project: Path, recursive: bool, folders: tuple[Path, ...], as_json: bool
) -> int:
    """Show whether an update is available.

    Prints the versions of scaffold and plugins that the project in DIR was generated
    with, and those that are installed. With --recursive, prints a table of all projects
    below DIR, such as those of a course; errors in one do not affect the others.

    \b
    Exit codes:
      0  the project is up to date (with --recursive: all projects)
      1  error (with --recursive: in at least one project)
      3  update available; run scaffold update
    """
    from scaffold.teach.bulk_status import look_at

    if recursive:
        return status_of_all(project, folders, as_json)
    found = look_at(project, folders)
    if as_json:
        print_json(to_document(found))
    else:
        say(found)
    return 0 if found.state == "current" else BEHIND


def status_of_all(folder: Path, plugins: tuple[Path, ...], as_json: bool) -> int:
    """Look at every project below a folder, and print a row of each."""
    from scaffold.errors import ProjectError
    from scaffold.teach.bulk_status import find_projects, look_safely

    homes = list(find_projects(folder))
    if not homes:
        raise ProjectError(f"{folder} has no project of scaffold in it, at any depth")
    found = []
    with click.progressbar(homes, label="projects", file=sys.stderr) as bar:
        for home in bar:
            found.append(look_safely(home, plugins))
    if as_json:
        print_json({"projects": [to_document(standing) for standing in found]})
    else:
        rows = [to_row(standing, folder) for standing in found]
        print_table(("project", "task", "state", ""), rows)
        counts = Counter(standing.state for standing in found)
        click.echo("\n" + ", ".join(f"{n} {state}" for state, n in counts.items()))
    states = {standing.state for standing in found}
    return 1 if "broken" in states else BEHIND if "behind" in states else 0


def to_row(standing: "Standing", folder: Path) -> tuple[str, str, str, str]:
    """Return the row of a project in the table."""
    words = standing.reason or describe_versions(standing.before, standing.after)
    path = standing.path.relative_to(folder).as_posix()
    state = f"{standing.state}, not committed" if standing.waiting else standing.state
    return path, standing.task, state, words


def say(found: "Standing") -> None:
    """Print how one project stands."""
    versions = describe_versions(found.before, found.after)
    click.echo(f"task {found.task}: {versions}")
    if found.waiting:
        click.echo("The update waits to be committed.")
    elif found.state == "current":
        click.echo("The project is current.")
    else:
        click.echo("An update is available: scaffold update --dry-run shows it.")


def describe_versions(before: dict[str, str], after: dict[str, str]) -> str:
    """Return the versions before and after, as one line."""
    parts = []
    for (old, was), (name, version) in zip(before.items(), after.items(), strict=True):
        renamed = f"{old} {was} -> " if old != name else ""
        moved = f"{was} -> " if was != version and not renamed else ""
        parts.append(f"{renamed}{name} {moved}{version}")
    return ", ".join(parts)


def to_document(standing: "Standing") -> dict[str, Any]:
    """Return how a project stands, for --json."""
    return {
        "path": str(standing.path.absolute()),
        "task": standing.task,
        "state": standing.state,
        "current": standing.state == "current",
        "before": standing.before,
        "after": standing.after,
        "waiting": standing.waiting,
        "reason": standing.reason,
    }
