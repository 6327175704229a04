"""Options and arguments that several commands have."""

from collections.abc import Iterable
from pathlib import Path

import click

ANSWERS = ".copier-answers.yml"


def report_hidden(
    context: click.Context, option: click.Parameter, folders: tuple[Path, ...]
) -> tuple[Path, ...]:
    """Say which installed plugins the given folders hide."""
    if folders:
        from scaffold.catalog.discovery import hidden_packages

        for origin, source in hidden_packages(folders).items():
            line = f"{source.name}: using {source.folder} instead of {origin}"
            click.echo(line, err=True)
    return folders


plugin_option = click.option(
    "--plugin",
    "folders",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    multiple=True,
    envvar="SCAFFOLD_PLUGINS",
    metavar="DIR",
    callback=report_hidden,
    help="Also use the plugin in DIR; repeatable, or SCAFFOLD_PLUGINS=DIR:DIR.",
)


def nearest_project(
    context: click.Context, option: click.Parameter, value: Path
) -> Path:
    """Return the given folder, or by default the project that contains this one."""
    if value != Path() or (value / ANSWERS).exists():
        return value
    parents = Path.cwd().parents
    return next((folder for folder in parents if (folder / ANSWERS).exists()), value)


project_argument = click.argument(
    "project",
    metavar="[DIR]",
    default=".",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    callback=nearest_project,
)
class_argument = click.argument(
    "folder",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
)
dir_option = click.option(
    "--dir",
    "project",
    metavar="DIR",
    default=".",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    callback=nearest_project,
    help="The project; by default the one that contains the working directory.",
)
dry_run_option = click.option(
    "--dry-run", is_flag=True, help="Show the plan and the diff; change nothing."
)
fetch_option = click.option(
    "--fetch",
    "reach",
    flag_value="remote",
    default="local",
    help="Use the network, if Copier generated the project from a URL.",
)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document and nothing else."
)


def parse_settings(settings: Iterable[str]) -> dict[str, str]:
    """Return `--set KEY=VALUE` options as a dict; the last one of a key wins."""
    given = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals or not key:
            raise click.UsageError(
                f"--set {setting!r}: expected KEY=VALUE, such as model=linear"
            )
        given[key] = value
    return given
