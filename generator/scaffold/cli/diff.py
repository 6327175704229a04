"""`scaffold diff`: show the local changes of a project."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scaffold.cli.options import fetch_option, json_option, project_argument
from scaffold.cli.output import print_diff, print_json, print_table

if TYPE_CHECKING:
    from scaffold.project.local_changes import LocalChanges
    from scaffold.project.published import Reach
    from scaffold.teach.review import Review
    from scaffold.teach.test_run import TestResult

Table = Callable[[Sequence[str], Sequence[Sequence[str]]], None]


@click.command()
@project_argument
@click.option("--report", is_flag=True, help="Summarize exercises and changed files.")
@click.option(
    "--run-tests",
    is_flag=True,
    help="Also run the tests; this executes the project's code.",
)
@click.option("--markdown", is_flag=True, help="Write the report as Markdown.")
@fetch_option
@json_option
def diff(
    project: Path,
    report: bool,
    run_tests: bool,
    markdown: bool,
    reach: "Reach",
    as_json: bool,
) -> None:
    """Show your changes to a project.

    Compares the project in DIR with the files that scaffold generated, whether or not
    the changes are committed. Files that Git ignores are skipped.

    --report summarizes a submission for review: the state of each exercise, the changed
    files and, with --run-tests, the results of the tests; if these were changed, the
    tests as they were generated run, too.
    """
    from scaffold.project.local_changes import find_local_changes
    from scaffold.project.project_state import open_project
    from scaffold.teach.review import review

    if (run_tests or markdown) and not report:
        raise click.UsageError("--run-tests and --markdown require --report")
    opened = open_project(project, reach)
    found = find_local_changes(opened)
    if not report:
        print_changes(found, project, as_json)
        return
    if run_tests:
        click.echo(f"Running the tests of {project}; this executes its code.", err=True)
    reviewed = review(opened, found, run_tests)
    if as_json:
        print_json({"path": str(project.absolute()), **to_document(reviewed)})
    else:
        print_review(reviewed, markdown, project)


def print_changes(found: "LocalChanges", project: Path, as_json: bool) -> None:
    """Print the changed files, and the diff."""
    from scaffold.project.patch import make_diff

    patch = make_diff(found.before, found.after)
    if as_json:
        files = [change._asdict() for change in found.changes]
        document = {"path": str(project.absolute()), "files": files, "diff": patch}
        print_json(document)
        return
    for change in found.changes:
        lines = f"+{change.added} -{change.removed}"
        click.echo(f"  {change.kind:<8} {change.path}  {lines}".rstrip())
    if not found.changes:
        click.echo("No local changes.")
    elif patch:
        click.echo()
        print_diff(patch)


def print_review(reviewed: "Review", markdown: bool, project: Path) -> None:
    """Print a review, as text or as Markdown."""
    table = markdown_table if markdown else text_table
    click.echo(f"# {project.absolute().name}" if markdown else project.absolute().name)
    if reviewed.exercises:
        rows = [
            (f"{e.number} {e.title}", e.path, e.state, f"+{e.added}", f"-{e.removed}")
            for e in reviewed.exercises
        ]
        table(("exercise", "file", "state", "added", "removed"), rows)
    changes = [
        (c.path, c.kind, f"+{c.added}", f"-{c.removed}") for c in reviewed.changes
    ]
    if changes:
        table(("file", "change", "added", "removed"), changes)
    else:
        click.echo("\nNo files were changed.")
    if reviewed.tests is not None:
        print_tests(reviewed.tests, "test", table)
    original = reviewed.original_tests
    if original is not None and original != reviewed.tests:
        click.echo("\nThe tests were changed. Those that were generated, on this code:")
        print_tests(original, "original test", table)


def print_tests(tests: "list[TestResult]", head: str, table: Table) -> None:
    """Print the outcomes of tests, and how many passed."""
    table((head, "outcome", "reason"), [tuple(test) for test in tests])
    passed = sum(test.outcome == "passed" for test in tests)
    click.echo(f"\n{passed} of {len(tests)} {head}s passed.")


def text_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table in aligned columns, after an empty line."""
    click.echo()
    print_table(head, rows)


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a Markdown table, after an empty line."""
    click.echo()
    for row in (head, ["---"] * len(head), *rows):
        cells = " | ".join(cell.replace("|", "\\|") for cell in row)
        click.echo(f"| {cells} |")


def to_document(reviewed: "Review") -> dict[str, Any]:
    """Return a review for --json."""
    tests, original = (
        None if tests is None else [test._asdict() for test in tests]
        for tests in (reviewed.tests, reviewed.original_tests)
    )
    return {
        "exercises": [exercise._asdict() for exercise in reviewed.exercises],
        "files": [change._asdict() for change in reviewed.changes],
        "tests": tests,
        "original_tests": original,
    }
