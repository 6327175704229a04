"""`scaffold diff`: what the owner changed in a project."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scaffold.cli.options import echo_patch, json_option, project_argument

if TYPE_CHECKING:
    from scaffold.project.local_changes import Comparison
    from scaffold.teach.review import Review


@click.command()
@project_argument
@click.option("--report", is_flag=True, help="Review: exercises, files and lines.")
@click.option(
    "--run-tests",
    is_flag=True,
    help="Run the tests too: this runs the project's code.",
)
@click.option("--markdown", is_flag=True, help="Write the report as Markdown.")
@json_option
def diff(
    project: Path, report: bool, run_tests: bool, markdown: bool, as_json: bool
) -> None:
    """Show what was changed in the project in DIR since scaffold wrote it.

    The files are compared with those that its template and its answers make, whatever
    was committed since. Files that Git ignores are left out.

    --report is for whoever reviews a submission: what was written for each exercise,
    which files were changed, in lines, and with --run-tests which tests pass.
    """
    from scaffold.project.local_changes import compare
    from scaffold.project.project_state import open_project
    from scaffold.teach.review import review

    if (run_tests or markdown) and not report:
        raise click.UsageError("--run-tests and --markdown go with --report")
    opened = open_project(project)
    found = compare(opened)
    if not report:
        show(found, project, as_json)
        return
    if run_tests:
        click.echo(f"Running the tests of {project}, and with them its code.", err=True)
    reviewed = review(opened, found, run_tests)
    if as_json:
        print_json(project, to_document(reviewed))
    else:
        say(reviewed, markdown, project)


def show(found: "Comparison", project: Path, as_json: bool) -> None:
    """Print the files that were changed, and the difference."""
    from scaffold.project.patch import draw

    patch = draw(found.before, found.after)
    if as_json:
        files = [change._asdict() for change in found.changes]
        print_json(project, {"files": files, "diff": patch})
        return
    for change in found.changes:
        lines = f"+{change.added} -{change.removed}"
        click.echo(f"  {change.kind:<8} {change.path}  {lines}".rstrip())
    if not found.changes:
        click.echo("Nothing was changed: the project is as scaffold wrote it.")
    elif patch:
        click.echo()
        echo_patch(patch)


def say(reviewed: "Review", markdown: bool, project: Path) -> None:
    """Print a review, as text or as Markdown."""
    table = markdown_table if markdown else text_table
    click.echo(f"# {project.absolute().name}" if markdown else project.absolute().name)
    if reviewed.work:
        rows = [
            (f"{w.number} {w.title}", w.path, w.state, f"+{w.added}", f"-{w.removed}")
            for w in reviewed.work
        ]
        table(("exercise", "file", "state", "added", "removed"), rows)
    changes = [
        (c.path, c.kind, f"+{c.added}", f"-{c.removed}") for c in reviewed.changes
    ]
    if changes:
        table(("file", "change", "added", "removed"), changes)
    else:
        click.echo("\nNo file was changed.")
    if reviewed.tests is not None:
        table(("test", "outcome", "reason"), [tuple(test) for test in reviewed.tests])
        passed = sum(test.outcome == "passed" for test in reviewed.tests)
        click.echo(f"\n{passed} of {len(reviewed.tests)} tests passed.")


def text_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print aligned columns, after an empty line."""
    from scaffold.cli.table import print_table

    click.echo()
    print_table(head, rows)


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table of Markdown, after an empty line."""
    click.echo()
    for row in (head, ["---"] * len(head), *rows):
        cells = " | ".join(cell.replace("|", "\\|") for cell in row)
        click.echo(f"| {cells} |")


def print_json(project: Path, document: dict[str, Any]) -> None:
    """Print one JSON document about a project."""
    document = {"path": str(project.absolute()), **document}
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


def to_document(reviewed: "Review") -> dict[str, Any]:
    """Return a review for --json."""
    tests = reviewed.tests
    return {
        "exercises": [work._asdict() for work in reviewed.work],
        "files": [change._asdict() for change in reviewed.changes],
        "tests": None if tests is None else [test._asdict() for test in tests],
    }
