"""`scaffold plugin check`: validate a plugin."""

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli.options import json_option, parse_settings, plugin_option
from scaffold.cli.output import print_json

if TYPE_CHECKING:
    from scaffold.check.contract import Report
    from scaffold.check.findings import Finding


@click.command()
@click.argument("plugin", metavar="PATH|NAME")
@click.option(
    "--fast",
    is_flag=True,
    help="Check all files, and run the tests of one project; no training.",
)
@click.option(
    "--exercises",
    is_flag=True,
    help="Check only the exercises, one by one: with those before it solved, the tests "
    "of each fail while it is open.",
)
@click.option(
    "--set",
    "settings",
    metavar="KEY=VALUE",
    multiple=True,
    help="Check only the projects with this choice, such as model=linear, task=circle, "
    "with=serve or variant=exercise; repeatable.",
)
@click.option(
    "--keep",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Leave the generated projects in the new folder DIR.",
)
@click.option(
    "--no-cache", is_flag=True, help="Also run what has passed before unchanged."
)
@plugin_option
@json_option
def check(
    plugin: str,
    fast: bool,
    exercises: bool,
    settings: tuple[str, ...],
    keep: Path | None,
    no_cache: bool,
    folders: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Validate a plugin.

    The plugin is a folder, or a name that scaffold list shows. For every choice of its
    questions (or every pair of choices, if there are many), a project is generated,
    linted, tested and trained with the PyTorch of this environment. Each finding says
    what is wrong, where, and how to fix it. The exit code is 1 if there are any.

    \b
    Examples:
      scaffold plugin check scaffold-moons --fast
      scaffold plugin check scaffold-moons --set loss=mse --keep projects
    """
    from scaffold.catalog.discovery import named_folder
    from scaffold.catalog.plugins import find_source
    from scaffold.check.cache import open_cache
    from scaffold.check.contract import Options, Output, check_source

    path = Path(plugin)
    source = named_folder(path) if path.is_dir() else find_source(plugin, folders)
    cache = None if no_cache else open_cache()
    options = Options(parse_settings(settings), fast, exercises, keep, cache)
    output = Output(show_progress, ignore if as_json else print_finding)
    report = check_source(source, folders, options, output)
    show_progress("")
    if as_json:
        rows = [finding._asdict() for finding in report.findings]
        print_json({"plugin": source.name, "findings": rows})
    else:
        print_summary(source.name, report, keep)
    if report.findings:
        click.get_current_context().exit(1)


def ignore(finding: "Finding") -> None:
    """Print nothing: JSON is printed at the end."""


def show_progress(words: str) -> None:
    """Show what is being checked in one line of a terminal."""
    if sys.stderr.isatty():
        width = shutil.get_terminal_size().columns - 1
        click.echo(f"\r\x1b[K{words[:width]}", nl=False, err=True)


def print_finding(finding: "Finding") -> None:
    """Print what is wrong, where, and how to fix it."""
    show_progress("")
    click.echo(finding.what)
    click.echo(f"  where: {shorten(finding.where)}{finding.extent}")
    click.echo(f"  fix:   {finding.how}")


def shorten(where: str) -> str:
    """Return a place with a path that is relative, if it is below this folder."""
    return where.removeprefix(f"{Path.cwd()}/")


def print_summary(name: str, report: "Report", keep: Path | None) -> None:
    """Print how much was checked, and where the projects are."""
    number, checked = len(report.findings), report.checked
    found = f"{number or 'no'} finding{'' if number == 1 else 's'}"
    projects = f" in {checked} project{'' if checked == 1 else 's'}"
    cached = f" ({report.cached} cached: unchanged since they passed)"
    details = (projects if checked else "") + (cached if report.cached else "")
    click.echo(f"{name}: {found}{details}.")
    if keep:
        click.echo(f"The projects are in {keep}.")
