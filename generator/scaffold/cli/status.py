"""`scaffold status`: show whether updates are available."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scaffold.cli.options import (
    fetch_option,
    json_option,
    plugin_option,
    project_argument,
)
from scaffold.cli.output import print_json

if TYPE_CHECKING:
    from scaffold.project.published import Reach
    from scaffold.teach.bulk_status import ProjectStatus

UPDATE_AVAILABLE = 3  # exit code
STATES = {
    "current": "up to date",
    "behind": "update available",
    "broken": "error",
}


@click.command()
@project_argument
@click.option("--recursive", is_flag=True, help="Include all projects below DIR.")
@fetch_option
@plugin_option
@json_option
def status(
    project: Path,
    recursive: bool,
    reach: "Reach",
    folders: tuple[Path, ...],
    as_json: bool,
) -> int:
    """Show whether an update is available.

    Prints the versions of scaffold and plugins that the project in DIR was generated
    with, and those that are installed, and names files with conflict markers. With
    --recursive, prints the table of scaffold class status.

    \b
    Exit codes:
      0  the project is up to date (with --recursive: all projects)
      1  error (with --recursive: in at least one project)
      3  update available; run scaffold update, or copier update for a project that
         was made by copier copy
    """
    from scaffold.teach.bulk_status import get_status

    if recursive:
        from scaffold.cli.classes.status import status_of_all

        return status_of_all(project, folders, reach, as_json)
    found = get_status(project, folders, reach)
    if as_json:
        print_json(to_document(found))
    else:
        print_status(found)
    return 0 if found.state == "current" else UPDATE_AVAILABLE


def print_status(found: "ProjectStatus") -> None:
    """Print the status of one project."""
    versions = describe_versions(found.before, found.after)
    click.echo(f"task {found.task}: {versions}")
    if found.pending:
        click.echo(
            "An uncommitted update is pending; commit it, or undo it with "
            "scaffold update --abort."
        )
    elif found.state == "current":
        click.echo("Up to date.")
    elif found.published:
        click.echo("Update available in the template's repository: run copier update.")
    else:
        click.echo("Update available; show it with scaffold update --dry-run.")
    for path in found.found.conflicts:
        click.echo(f"{path} has conflict markers (<<<<<<<); edit it, and commit.")


def describe_versions(before: dict[str, str], after: dict[str, str]) -> str:
    """Return old and new versions as one line."""
    parts = []
    for name, version in after.items():
        was = before.get(name)
        moved = f"{was} -> " if was not in {None, version} else ""
        parts.append(f"{'+ ' if was is None else ''}{name} {moved}{version}")
    parts += [f"- {name} {was}" for name, was in before.items() if name not in after]
    return ", ".join(parts)


def to_document(status: "ProjectStatus") -> dict[str, Any]:
    """Return the status of a project, for --json."""
    return {
        "path": str(status.path.absolute()),
        "task": status.task,
        "state": status.state,
        "current": status.state == "current",
        "before": status.before,
        "after": status.after,
        "waiting": status.pending,
        "reason": status.reason,
        "exercises": [exercise._asdict() for exercise in status.exercises],
        "conflict_markers": status.found.conflicts,
    }
