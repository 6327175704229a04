"""`scaffold update`: merge template updates into a project."""

import shlex
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scaffold.cli.options import (
    json_option,
    parse_settings,
    plugin_option,
    project_argument,
)
from scaffold.cli.output import print_diff, print_json
from scaffold.cli.status import describe_versions
from scaffold.errors import ProjectError

if TYPE_CHECKING:
    from scaffold.update.plan import Plan

CONFLICTS = 4  # exit code


@click.command()
@project_argument
@click.option(
    "--dry-run", is_flag=True, help="Show the plan and the diff; change nothing."
)
@click.option(
    "--abort",
    is_flag=True,
    help="Undo an update that is not committed yet.",
)
@click.option(
    "--set",
    "settings",
    metavar="KEY=VALUE",
    multiple=True,
    help="Change an answer, such as model=linear; repeatable.",
)
@plugin_option
@json_option
def update(
    project: Path,
    dry_run: bool,
    abort: bool,
    settings: tuple[str, ...],
    folders: tuple[Path, ...],
    as_json: bool,
) -> int:
    """Merge template updates into a project.

    Your edits are kept. Where you and the template changed the same lines, the file
    gets conflict markers, and git status lists it. Nothing is committed.

    \b
    Examples:
      scaffold update --dry-run           show the plan and the diff
      scaffold update                     update the project
      scaffold update --set model=linear  change an answer
      scaffold update --abort             undo the update

    \b
    Exit codes:
      0  updated, or already up to date
      4  conflicts, also with --dry-run; resolve them, git add, git commit
    """
    if abort and (dry_run or settings):
        raise click.UsageError("--abort cannot be combined with --dry-run or --set")
    if abort:
        return abort_update(project, as_json)
    plan = run_update(project, parse_settings(settings), folders, dry_run)
    if as_json:
        print_json(to_document(plan, project, dry_run))
    else:
        print_plan(plan, project, dry_run)
    return CONFLICTS if plan.conflicts else 0


def run_update(
    folder: Path, given: dict[str, str], plugins: tuple[Path, ...], dry_run: bool
) -> "Plan":
    """Plan an update, and apply it unless this is a dry run."""
    from scaffold.project.project_state import open_project
    from scaffold.project.recipe_lookup import find_recipe
    from scaffold.update.apply import apply, copy_files
    from scaffold.update.journal import check_no_pending_update
    from scaffold.update.plan import make_plan
    from scaffold.update.repository import check_clean, list_tracked, open_repository

    project = open_project(folder)
    recipe = find_recipe(project.record, plugins)
    repository = open_repository(folder)
    check_no_pending_update(repository)
    check_clean(repository)
    tracked = list_tracked(repository)
    plan = make_plan(project, recipe, given, repository, tracked)
    if not dry_run:
        copy_files(repository, plan.files)
        if plan.rows:
            apply(repository, tracked, plan.rows)
    return plan


def abort_update(folder: Path, as_json: bool) -> int:
    """Undo an uncommitted update."""
    from scaffold.project.project_state import ANSWERS
    from scaffold.update.journal import abort
    from scaffold.update.repository import open_repository

    if not (folder / ANSWERS).exists():
        raise ProjectError(f"{folder} is not a scaffold project; name its folder")
    edited = abort(open_repository(folder))
    if as_json:
        files = [{"path": path, "id": name} for path, name in edited]
        document = {"path": str(folder.absolute()), "edited": files}
        print_json(document)
        return 0
    click.echo("Update undone; all its files are as they were before.")
    for path, name in edited:
        click.echo(f"  {path} had later edits; show them with git cat-file -p {name}")
    return 0


def print_plan(plan: "Plan", project: Path, dry_run: bool) -> None:
    """Print a plan, and what to do next."""
    if not plan.rows and not plan.files:
        click.echo("Up to date.")
        return
    click.echo(describe_versions(plan.before, plan.after))
    for entry in plan.news:
        click.echo(f"\n{entry.name} {entry.version}")
        for line in entry.text.splitlines():
            click.echo(f"  {line}".rstrip())
    click.echo()
    width = max((len(row.path) for row in plan.rows), default=0)
    colours = {"conflict": "red", "kept": "yellow", "skipped": "yellow"}
    for row in plan.rows:
        kind = click.style(f"{row.kind:<9}", fg=colours.get(row.kind))
        click.echo(f"  {kind} {row.path:<{width}}  {row.note}".rstrip())
    for path in plan.files:
        click.echo(f"  copied    {path}  (not tracked by Git)")
    for note in plan.notes:
        click.echo(f"  note: {note}")
    counts = Counter(row.kind for row in plan.rows)
    click.echo("\n" + ", ".join(f"{number} {kind}" for kind, number in counts.items()))
    if dry_run:
        print_dry_run(plan)
    else:
        print_next_steps(plan, project)


def print_dry_run(plan: "Plan") -> None:
    """Print the changes of a dry run as a diff."""
    from scaffold.update.plan import diff_plan

    click.echo()
    print_diff(diff_plan(plan.rows))
    click.echo("\nDry run: nothing was changed.")


def print_next_steps(plan: "Plan", project: Path) -> None:
    """Print how to commit an update, and how to undo it."""
    here = project.resolve() == Path.cwd()
    there = "" if here else f" -C {shlex.quote(str(project))}"
    if plan.conflicts:
        click.echo("\nConflicts:")
        for path in plan.conflicts:
            click.echo(f"  {path}")
        click.echo(
            "Resolve the conflict markers in each file (your edits come first), then "
            f"run git{there} add FILE and git{there} commit."
        )
    else:
        click.echo(f"\nReview: git{there} diff --staged")
        click.echo(f"Keep:   git{there} commit")
    folder = "" if here else f"{shlex.quote(str(project))} "
    click.echo(f"Undo:   scaffold update {folder}--abort")


def to_document(plan: "Plan", folder: Path, dry_run: bool) -> dict[str, Any]:
    """Return a plan, for --json."""
    from scaffold.update.plan import diff_plan

    return {
        "path": str(folder.absolute()),
        "written": bool(plan.rows) and not dry_run,
        "before": plan.before,
        "after": plan.after,
        "changes": [
            {"path": row.path, "kind": row.kind, "note": row.note} for row in plan.rows
        ],
        "conflicts": plan.conflicts,
        "copied": list(plan.files),
        "news": [entry._asdict() for entry in plan.news],
        "notes": plan.notes,
        **({"diff": diff_plan(plan.rows)} if dry_run else {}),
    }
