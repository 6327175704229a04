"""Plan, apply and print a merge: what `update`, `add` and `remove` have in common."""

import shlex
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scaffold.cli.output import print_diff
from scaffold.cli.status import describe_versions

if TYPE_CHECKING:
    from scaffold.project.published import Reach
    from scaffold.update.merge import Row
    from scaffold.update.plan import Plan

CONFLICTS = 4  # exit code


def run_merge(
    folder: Path,
    given: dict[str, str],
    plugins: tuple[Path, ...],
    dry_run: bool,
    add: Collection[str] = (),
    remove: Collection[str] = (),
    bundle_only: bool = False,
    reach: "Reach" = "bundle",
) -> "Plan":
    """Plan a merge, and apply it unless this is a dry run.

    With `bundle_only`, the installed template is only put into the bundle.
    """
    from scaffold.project.project_state import open_project
    from scaffold.project.recipe_lookup import find_recipe
    from scaffold.update.apply import apply
    from scaffold.update.plan import make_plan, plan_bundle
    from scaffold.update.repository import list_tracked
    from scaffold.update.safety_checks import open_clean_repository

    project = open_project(folder, reach)
    recipe = find_recipe(project.record, plugins, add, remove)
    repository = open_clean_repository(folder)
    tracked = list_tracked(repository)
    if bundle_only:
        find_recipe(project.newest, plugins)  # raises if that is newer
        plan = plan_bundle(project, recipe, repository, tracked)
    else:
        plan = make_plan(project, recipe, given, repository, tracked)
    if not dry_run and (plan.rows or plan.files):
        apply(repository, tracked, plan)
    return plan


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
    names = [name_of(row) for row in plan.rows]
    width = max(map(len, names), default=0)
    colours = {"conflict": "red", "kept": "yellow", "skipped": "yellow"}
    for row, name in zip(plan.rows, names, strict=True):
        kind = click.style(f"{row.kind:<9}", fg=colours.get(row.kind))
        click.echo(f"  {kind} {name:<{width}}  {row.note}".rstrip())
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


def name_of(row: "Row") -> str:
    """Return the path of a file, and from where the user moved it."""
    return f"{row.source} -> {row.path}" if row.source else row.path


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
            {"path": row.path, "kind": row.kind, "note": row.note}
            | ({"moved_from": row.source} if row.source else {})
            for row in plan.rows
        ],
        "conflicts": plan.conflicts,
        "copied": list(plan.files),
        "news": [entry._asdict() for entry in plan.news],
        "notes": plan.notes,
        **({"diff": diff_plan(plan.rows)} if dry_run else {}),
    }
