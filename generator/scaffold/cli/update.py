"""`scaffold update`: merge template updates into a project."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli.merging import CONFLICTS, print_plan, run_merge, to_document
from scaffold.cli.options import (
    dry_run_option,
    fetch_option,
    json_option,
    parse_settings,
    plugin_option,
    project_argument,
)
from scaffold.cli.output import print_json
from scaffold.errors import ProjectError

if TYPE_CHECKING:
    from scaffold.project.published import Reach


@click.command()
@project_argument
@dry_run_option
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
@click.option(
    "--template-only",
    is_flag=True,
    help="Only add the new version to the template bundle, for copier update.",
)
@click.option(
    "--adopt",
    is_flag=True,
    help="Make a scaffold project of one made by copier copy.",
)
@fetch_option
@plugin_option
@json_option
def update(
    project: Path,
    dry_run: bool,
    abort: bool,
    settings: tuple[str, ...],
    template_only: bool,
    adopt: bool,
    reach: "Reach",
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
      scaffold update --template-only     let copier update merge it

    \b
    Exit codes:
      0  updated, or already up to date
      4  conflicts, also with --dry-run; resolve them, git add, git commit
    """
    if abort and (dry_run or settings or template_only or adopt):
        raise click.UsageError("--abort cannot be combined with other options")
    if template_only and (settings or adopt):
        raise click.UsageError(
            "--template-only changes no answers and cannot be combined with --set or "
            "--adopt; run copier update --data KEY=VALUE afterwards"
        )
    if abort:
        return abort_update(project, as_json)
    given = parse_settings(settings)
    source: Reach = reach if adopt else "bundle"
    plan = run_merge(
        project, given, folders, dry_run, reach=source, bundle_only=template_only
    )
    if as_json:
        print_json(to_document(plan, project, dry_run))
    elif template_only and plan.notes and not plan.rows:
        click.echo(f"No change: {plan.notes[0]}.")
    else:
        print_plan(plan, project, dry_run)
    return CONFLICTS if plan.conflicts else 0


def abort_update(folder: Path, as_json: bool) -> int:
    """Undo an uncommitted update."""
    from scaffold.project.project_state import ANSWERS
    from scaffold.update.exclusive import deferred_signals
    from scaffold.update.repository import open_repository
    from scaffold.update.undo import abort

    if not (folder / ANSWERS).exists():
        raise ProjectError(f"{folder} is not a scaffold project; name its folder")
    repository = open_repository(folder)
    with deferred_signals():  # also while the edits are named
        edited = abort(repository)
        if as_json:
            files = [{"path": path, "id": name} for path, name in edited]
            print_json({"path": str(folder.absolute()), "edited": files})
            return 0
        click.echo("Update undone; all its files are as they were before.")
        for path, name in edited:
            show = f"show them with git cat-file -p {name}"
            click.echo(f"  {path} had later edits; {show}")
    return 0
