"""`scaffold restore`: give back files as the template has them."""

import shlex
from pathlib import Path

import click

from scaffold.cli.options import dry_run_option, json_option
from scaffold.cli.output import print_diff, print_json


@click.command()
@click.argument(
    "paths",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path),
)
@click.option("--force", is_flag=True, help="Also replace what is not committed.")
@dry_run_option
@json_option
def restore(paths: tuple[Path, ...], force: bool, dry_run: bool, as_json: bool) -> None:
    """Give back files as the template has them.

    Writes each FILE, or each file of a folder, as it was generated: a deleted test, or
    an exercise that you want to begin anew. Files with uncommitted changes are refused
    without --force. Nothing is committed, so git checkout gets your version back.

    \b
    Examples:
      scaffold restore tests                  all files in tests/
      scaffold restore hw/model.py --dry-run  show what would change
    """
    from scaffold.project.patch import make_diff
    from scaffold.project.project_state import open_project
    from scaffold.update.restore import (
        check_committed,
        find_home,
        plan_restore,
        write_restored,
    )

    home = find_home(paths[0])
    plan = plan_restore(open_project(home), paths)
    if not force:
        check_committed(home, plan)
    if not dry_run:
        write_restored(home, plan)
    if as_json:
        names = [restored.path for restored in plan]
        written = bool(plan) and not dry_run
        print_json({"path": str(home), "written": written, "restored": names})
    elif not plan:
        click.echo("No change: as the template has it.")
    elif dry_run:
        before = {path: was for path, was, _ in plan if was}
        print_diff(make_diff(before, {path: after for path, _, after in plan}))
        click.echo("\nDry run: nothing was changed.")
    else:
        committed = [path for path, was, _ in plan if was and not force]
        print_restored(home, [restored.path for restored in plan], committed)


def print_restored(home: Path, names: list[str], committed: list[str]) -> None:
    """Print which files were restored, and how to get your versions back."""
    for name in names:
        click.echo(f"  restored  {name}")
    if committed:
        here = "" if home == Path.cwd() else f" -C {shlex.quote(str(home))}"
        files = " ".join(map(shlex.quote, committed))
        click.echo(f"Undo: git{here} checkout HEAD -- {files}")
