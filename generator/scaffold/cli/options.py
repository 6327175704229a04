"""What several commands share: their options, and how they talk about a draft."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from scaffold.project.create import Draft

ANSWERS = ".copier-answers.yml"

plugin_option = click.option(
    "--plugin",
    "folders",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    multiple=True,
    envvar="SCAFFOLD_PLUGINS",
    metavar="DIR",
    help="Also use the plugin in DIR; repeatable, or SCAFFOLD_PLUGINS=DIR:DIR.",
)


def nearest_project(
    context: click.Context, option: click.Parameter, value: Path
) -> Path:
    """Return the folder that was named; if none was, the project around this folder."""
    if value != Path() or (value / ANSWERS).exists():
        return value
    above = Path.cwd().parents
    return next((folder for folder in above if (folder / ANSWERS).exists()), value)


project_argument = click.argument(
    "project",
    metavar="[DIR]",
    default=".",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    callback=nearest_project,
)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document and nothing else."
)


def parse_settings(settings: Iterable[str]) -> dict[str, str]:
    """Return the pairs of `--set KEY=VALUE`, the last one of a key."""
    given = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals or not key:
            raise click.UsageError(
                f"--set {setting!r} is not KEY=VALUE, like model=linear"
            )
        given[key] = value
    return given


def echo_tree(name: str, drafted: "Draft") -> None:
    """Print the files of a draft as a tree, with a purpose for each."""
    from scaffold.compose.file_tree import draw_tree

    click.echo(f"{name}/")
    for line in draw_tree(drafted.purposes):
        click.echo(line)


def echo_patch(patch: str) -> None:
    """Print a unified diff, in colour on a terminal."""
    colours = {"+": "green", "-": "red", "@": "cyan"}
    for line in patch.splitlines():
        click.secho(line, fg=colours.get(line[:1]))
