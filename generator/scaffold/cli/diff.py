"""`scaffold diff`: what the owner changed in a project."""

import json
from pathlib import Path

import click

from scaffold.cli.options import json_option, project_argument


@click.command()
@project_argument
@json_option
def diff(project: Path, as_json: bool) -> None:
    """Show what was changed in the project in DIR since scaffold wrote it.

    The files are compared with those that its template and its answers make, whatever
    was committed since. Files that Git ignores are left out.
    """
    from scaffold.existing import open_project
    from scaffold.owner import compare
    from scaffold.patch import draw

    found = compare(open_project(project))
    patch = draw(found.before, found.after)
    if as_json:
        document = {
            "path": str(project.absolute()),
            "files": [change._asdict() for change in found.changes],
            "diff": patch,
        }
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    for change in found.changes:
        lines = f"+{change.added} -{change.removed}" if change.kind == "edited" else ""
        click.echo(f"  {change.kind:<8} {change.path}  {lines}".rstrip())
    if not found.changes:
        click.echo("Nothing was changed: the project is as scaffold wrote it.")
    elif patch:
        click.echo()
        click.echo(patch, nl=False)
