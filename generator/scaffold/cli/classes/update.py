"""`scaffold class update`: put updates into branches of the projects in a folder."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from scaffold.cli.classes.status import name_in, progress
from scaffold.cli.merging import CONFLICTS, name_of
from scaffold.cli.options import class_argument, json_option, plugin_option
from scaffold.cli.output import print_json, print_table
from scaffold.errors import one_line

if TYPE_CHECKING:
    from scaffold.update.branch import Branch


class Outcome(NamedTuple):
    """What became of the update of one project."""

    folder: Path
    state: str  # "ready", "up to date", "conflict" or "error"
    notes: list[str]
    branch: str = ""


@click.command()
@class_argument
@click.option("--dry-run", is_flag=True, help="Show what would be done; do nothing.")
@plugin_option
@json_option
def update(
    folder: Path, dry_run: bool, folders: tuple[Path, ...], as_json: bool
) -> int:
    """Put updates into branches of the projects in a folder.

    For each project in DIR or below, commits the update to a new branch
    scaffold-update/VERSION that starts at HEAD, ready to be pushed for a pull request.
    The checked-out branch and the files stay as they are. A project with uncommitted
    changes or conflicts gets no branch. A second run goes on where the first one ended.

    \b
    Exit codes:
      0  each project has a branch or is up to date
      1  error in at least one project
      4  conflicts in at least one project
    """
    from scaffold.teach.bulk_status import find_projects

    with progress(find_projects(folder)) as bar:
        outcomes = [update_or_error(home, folders, dry_run) for home in bar]
    if as_json:
        print_json({"projects": [to_document(outcome) for outcome in outcomes]})
    else:
        print_outcomes(outcomes, folder, dry_run)
    states = {outcome.state for outcome in outcomes}
    return 1 if "error" in states else CONFLICTS if "conflict" in states else 0


def update_or_error(home: Path, plugins: tuple[Path, ...], dry_run: bool) -> Outcome:
    """Put the update of a project into a branch; an error becomes its outcome."""
    from scaffold.update.branch import make_branch

    try:
        return describe(home, make_branch(home, plugins, dry_run))
    except Exception as error:  # an error in one project must not stop the others
        return Outcome(home, "error", [one_line(error)])


def describe(home: Path, branch: "Branch") -> Outcome:
    """Return the outcome for a project, with what its plan says of edited files."""
    plan = branch.plan
    if not plan.rows:
        return Outcome(home, "up to date", [])
    told = {"conflict", "kept", "skipped"}
    notes = [
        f"{name_of(row)}: {row.note}"
        for row in plan.rows
        if row.kind in told or "your answer kept" in row.note
    ]
    return Outcome(home, "ready" if branch.name else "conflict", notes, branch.name)


def print_outcomes(outcomes: list[Outcome], folder: Path, dry_run: bool) -> None:
    """Print a row for each project, its notes, and what to run."""
    rows = [
        (name_in(folder, outcome.folder), outcome.state, outcome.branch)
        for outcome in outcomes
    ]
    print_table(("project", "state", "branch"), rows)
    for (name, *_), outcome in zip(rows, outcomes, strict=True):
        for note in outcome.notes:
            click.echo(f"\n{name}: {note}")
    ready = [outcome for outcome in outcomes if outcome.branch]
    if dry_run:
        click.echo("\nDry run: nothing was changed.")
    elif ready:
        click.echo("\nPush each branch, and open a pull request from it:")
        for outcome in ready:
            place = shlex.quote(str(outcome.folder))
            click.echo(f"  git -C {place} push origin {outcome.branch}")


def to_document(outcome: Outcome) -> dict[str, Any]:
    """Return the outcome of a project, for --json."""
    folder, state, notes, branch = outcome
    path = str(folder.absolute())
    return {"path": path, "state": state, "branch": branch, "notes": notes}
