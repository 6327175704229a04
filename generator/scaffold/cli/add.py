"""`scaffold add`: add features to a project."""

from pathlib import Path

import click

from scaffold.cli.merging import CONFLICTS, print_plan, run_merge, to_document
from scaffold.cli.options import (
    dir_option,
    dry_run_option,
    json_option,
    parse_settings,
    plugin_option,
)
from scaffold.cli.output import print_json


@click.command()
@click.argument("features", metavar="FEATURE...", nargs=-1, required=True)
@dir_option
@click.option(
    "--set",
    "settings",
    metavar="KEY=VALUE",
    multiple=True,
    help="Set an answer to a question of a feature; repeatable.",
)
@dry_run_option
@plugin_option
@json_option
def add(
    features: tuple[str, ...],
    project: Path,
    settings: tuple[str, ...],
    dry_run: bool,
    folders: tuple[Path, ...],
    as_json: bool,
) -> int:
    """Add features to a project.

    The template with the features is merged with your edits, as in scaffold update.
    Features that these require are added, too. Nothing is committed; scaffold update
    --abort undoes it.

    \b
    Examples:
      scaffold add compare                in the folder of a project
      scaffold add serve export --dry-run
      scaffold add serve --dir my-circle

    \b
    Exit codes:
      0  added, or already in the project
      4  conflicts, also with --dry-run; resolve them, git add, git commit
    """
    given = parse_settings(settings)
    plan = run_merge(project, given, folders, dry_run, add=features)
    if as_json:
        print_json(to_document(plan, project, dry_run))
        return CONFLICTS if plan.conflicts else 0
    present = [name for name in features if name in plan.before]
    if present:
        click.echo(f"Already in the project: {', '.join(present)}.")
    if plan.rows or not present:
        print_plan(plan, project, dry_run)
    if plan.extras and plan.rows and not dry_run:
        click.echo(f"Install: pip install -e '.[{','.join(plan.extras)}]'")
    return CONFLICTS if plan.conflicts else 0
