"""`scaffold class status`: show the state of each project in a folder."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scaffold.cli.options import (
    class_argument,
    fetch_option,
    json_option,
    plugin_option,
)
from scaffold.cli.output import print_csv, print_json, print_table
from scaffold.cli.status import STATES, UPDATE_AVAILABLE, describe_versions, to_document

if TYPE_CHECKING:
    from scaffold.project.commits import Commit
    from scaffold.project.published import Reach
    from scaffold.teach.bulk_status import ProjectStatus

HEAD = ("project", "task", "state", "written", "last commit", "")


@click.command()
@class_argument
@click.option("--csv", "as_csv", is_flag=True, help="Print a CSV table.")
@fetch_option
@plugin_option
@json_option
def status(
    folder: Path,
    as_csv: bool,
    reach: "Reach",
    folders: tuple[Path, ...],
    as_json: bool,
) -> int:
    """Show the state of each project in a folder.

    Prints a row for each project in DIR or below, also for one that cannot be read:
    whether an update is available, how many exercises are written, the last commit,
    and what is wrong. Nothing of the projects is executed.

    \b
    Exit codes:
      0  all projects are up to date
      1  error in at least one project
      3  update available for at least one project
    """
    if as_csv and as_json:
        raise click.UsageError("--csv and --json cannot be combined")
    return status_of_all(folder, folders, reach, as_json, as_csv)


def status_of_all(
    folder: Path,
    plugins: tuple[Path, ...],
    reach: "Reach",
    as_json: bool = False,
    as_csv: bool = False,
) -> int:
    """Print a row for each project below a folder; return the exit code."""
    from scaffold.project.commits import last_commits
    from scaffold.teach.bulk_status import find_projects, get_status_or_error

    homes = find_projects(folder)
    commits = last_commits(homes)
    with progress(homes) as bar:
        found = [
            (get_status_or_error(home, plugins, reach), commits[home]) for home in bar
        ]
    if as_json:
        print_json({"projects": [to_full_document(*row) for row in found]})
    elif as_csv:
        print_csv([to_record(*row, folder) for row in found], sys.stdout)
    else:
        print_table(HEAD, [to_row(*row, folder) for row in found])
        counts = Counter(STATES[status.state] for status, _ in found)
        click.echo("\n" + ", ".join(f"{n} {state}" for state, n in counts.items()))
    states = {status.state for status, _ in found}
    return 1 if "broken" in states else UPDATE_AVAILABLE if "behind" in states else 0


@contextmanager
def progress(homes: list[Path]) -> Iterator[Iterable[Path]]:
    """Show the progress over projects on a terminal."""
    if not sys.stderr.isatty():
        yield homes
        return
    with click.progressbar(homes, label="projects", file=sys.stderr) as bar:
        yield bar


def to_row(
    status: "ProjectStatus", commit: "Commit | None", folder: Path
) -> tuple[str, ...]:
    """Return the row of a project in the table."""
    words = problems(status, commit)
    if status.state != "broken":
        words.insert(0, describe_versions(status.before, status.after))
    exercises = status.exercises
    state = "uncommitted update" if status.pending else STATES[status.state]
    return (
        name_in(folder, status.path),
        status.task,
        state,
        f"{status.count('written')} of {len(exercises)}" if exercises else "",
        commit.when[:10] if commit else "",
        "; ".join(words),
    )


def problems(status: "ProjectStatus", commit: "Commit | None") -> list[str]:
    """Return what is wrong with a project."""
    from scaffold.teach.scan import describe_unmarked

    words = [status.reason] if status.reason else []
    if commit is None:
        words.append("not committed to Git")
    words += [f"conflict markers in {path}" for path in status.found.conflicts]
    return words + describe_unmarked((e.number, e.state) for e in status.exercises)


def name_in(folder: Path, path: Path) -> str:
    """Return the name of a project in a class."""
    below = path.relative_to(folder).as_posix()
    return path.absolute().name if below == "." else below


def to_full_document(
    status: "ProjectStatus", commit: "Commit | None"
) -> dict[str, Any]:
    """Return the row of a project, for --json."""
    return to_document(status) | {
        "commit": commit.id if commit else "",
        "last_commit": commit.when if commit else "",
        "problems": problems(status, commit),
    }


def to_record(
    status: "ProjectStatus", commit: "Commit | None", folder: Path
) -> dict[str, object]:
    """Return the row of a project, for --csv."""
    return {
        "project": name_in(folder, status.path),
        "task": status.task,
        "state": status.state,
        "written": status.count("written"),
        "open": status.count("open"),
        "unmarked": status.count("unmarked"),
        "commit": commit.id if commit else "",
        "last_commit": commit.when if commit else "",
        "versions": describe_versions(status.before, status.after),
        "problems": "; ".join(problems(status, commit)),
    }
