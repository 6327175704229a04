"""`scaffold remove`: remove features from a project."""

from pathlib import Path

import click

from scaffold.cli.merging import CONFLICTS, print_plan, run_merge, to_document
from scaffold.cli.options import dir_option, dry_run_option, json_option, plugin_option
from scaffold.cli.output import print_json


@click.command()
@click.argument("features", metavar="FEATURE...", nargs=-1, required=True)
@dir_option
@dry_run_option
@plugin_option
@json_option
def remove(
    features: tuple[str, ...],
    project: Path,
    dry_run: bool,
    folders: tuple[Path, ...],
    as_json: bool,
) -> int:
    """Remove features from a project.

    Files of a feature that you have edited are kept and listed. Nothing is committed;
    scaffold update --abort undoes it.

    \b
    Examples:
      scaffold remove serve --dry-run
      scaffold remove serve --dir my-circle

    \b
    Exit codes:
      0  removed, or not in the project
      4  conflicts, also with --dry-run; resolve them, git add, git commit
    """
    plan = run_merge(project, {}, folders, dry_run, remove=features)
    if as_json:
        print_json(to_document(plan, project, dry_run))
        return CONFLICTS if plan.conflicts else 0
    absent = [name for name in features if name not in plan.before]
    if absent:
        click.echo(f"Not in the project: {', '.join(absent)}.")
    if plan.rows or not absent:
        print_plan(plan, project, dry_run)
    return CONFLICTS if plan.conflicts else 0
