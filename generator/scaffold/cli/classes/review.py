"""`scaffold class review`: write a report on the submissions in a folder."""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scaffold.cli.classes.status import name_in, progress
from scaffold.cli.options import class_argument, json_option
from scaffold.cli.output import print_csv, print_json, print_table

if TYPE_CHECKING:
    from scaffold.teach.class_report import Row


@click.command()
@class_argument
@click.option(
    "--run-tests",
    is_flag=True,
    help="Run the tests on each submission; this executes the students' code.",
)
@click.option(
    "--due", metavar="DATE", help="Note later commits, such as 2026-12-01T18:00."
)
@click.option(
    "--out",
    metavar="NAME",
    default="review",
    show_default=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write NAME.md, NAME.csv and NAME.jsonl.",
)
@click.option(
    "--seconds",
    default=60.0,
    show_default=True,
    type=click.FloatRange(min=0.1),
    help="The limit of time for a test.",
)
@click.option(
    "--megabytes",
    default=4000,
    show_default=True,
    type=click.IntRange(min=100),
    help="The limit of memory.",
)
@json_option
def review(
    folder: Path,
    run_tests: bool,
    due: str | None,
    out: Path,
    seconds: float,
    megabytes: int,
    as_json: bool,
) -> int:
    """Write a report on the submissions in a folder.

    Writes a Markdown file and a CSV table with a row for each project in DIR or below:
    the state of each exercise, the last commit, changed tests, and what went wrong.
    With --run-tests, the tests as they were generated judge each exercise, and each one
    that is right is a point. They run in a copy, in processes with limits of time and
    memory, but with your permissions: use a container or another account if you do not
    trust the code. Without it, nothing is executed.

    Results are kept in NAME.jsonl as soon as they are known: a second run only judges
    the projects that have a new commit.

    \b
    Exit codes:
      0  all projects were reviewed
      1  error in at least one project
    """
    from scaffold.project.commits import last_commits
    from scaffold.teach.bulk_status import find_projects
    from scaffold.teach.class_report import Report
    from scaffold.teach.test_run import Limits

    deadline = None if due is None else parse_due(due)
    homes = find_projects(folder)
    if run_tests:
        note = "Running the tests; this executes the code of the students."
        click.echo(note, err=True)
    report = Report(
        with_suffix(out, "jsonl"), Limits(seconds, megabytes) if run_tests else None
    )
    commits = last_commits(homes)
    with progress(homes) as bar:
        rows = [
            report.judge(name_in(folder, home), home, commits[home]) for home in bar
        ]
    write_report(rows, deadline, out)
    if as_json:
        print_json({"projects": [to_document(row, deadline) for row in rows]})
    else:
        print_rows(rows, deadline)
        click.echo(f"\nWrote {with_suffix(out, 'md')} and {with_suffix(out, 'csv')}.")
    return 1 if any(row.judgement.error for row in rows) else 0


def parse_due(text: str) -> float:
    """Return a date as seconds since 1970; a day ends at midnight, local time."""
    try:
        due = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.UsageError(
            f"--due {text!r}: expected a date, such as 2026-12-01 or 2026-12-01T18:00"
        ) from error
    if len(text) <= len("2026-12-01"):
        due += timedelta(days=1, seconds=-1)
    return due.timestamp()


def with_suffix(out: Path, suffix: str) -> Path:
    """Return the path of a file of the report."""
    return out.with_name(f"{out.name}.{suffix}")


def write_report(rows: "list[Row]", due: float | None, out: Path) -> None:
    """Write the Markdown file and the CSV table."""
    from scaffold.teach.class_report import to_markdown, to_records

    markdown = to_markdown(rows, due)
    with_suffix(out, "md").write_text(markdown, encoding="utf-8", errors="replace")
    # Spreadsheets take a CSV file for UTF-8 if it begins with a byte order mark.
    path = with_suffix(out, "csv")
    with path.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
        print_csv(to_records(rows, due), file)


def print_rows(rows: "list[Row]", due: float | None) -> None:
    """Print points, states of exercises and remarks of each project."""
    from scaffold.teach.class_report import to_records

    table = []
    for row, record in zip(rows, to_records(rows, due), strict=True):
        points, passed = record["points"], record["tests passed"]
        states = Counter(verdict.state for verdict in row.judgement.exercises)
        table.append(
            (
                row.project,
                f"{points} of {record['of']}" if points != "" and record["of"] else "",
                ", ".join(f"{number} {state}" for state, number in states.items()),
                "" if passed == "" else f"{passed} of {record['tests expected']}",
                f"{record['hours late']} h" if record["hours late"] else "",
                str(record["remarks"]),
            )
        )
    print_table(("project", "points", "exercises", "tests", "late", ""), table)


def to_document(row: "Row", due: float | None) -> dict[str, Any]:
    """Return the row of a project, for --json."""
    import msgspec

    document: dict[str, Any] = msgspec.to_builtins(row)
    late = row.seconds_late(due)
    return document | {"points": row.judgement.points, "seconds_late": late}
