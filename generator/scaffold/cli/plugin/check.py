"""`scaffold plugin check`: validate a plugin."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli.options import json_option, plugin_option
from scaffold.cli.output import print_json

if TYPE_CHECKING:
    from scaffold.check.contract import Finding


@click.command()
@click.argument("plugin", metavar="PATH|NAME")
@plugin_option
@json_option
def check(plugin: str, folders: tuple[Path, ...], as_json: bool) -> None:
    """Validate a plugin.

    The plugin is a folder, or a name that scaffold list shows. For every choice of its
    questions (or every pair of choices, if there are many), a project is generated,
    linted, trained and tested with the PyTorch of this environment. Each finding says
    what is wrong, where, and how to fix it. The exit code is 1 if there are any.
    """
    from scaffold.catalog.discovery import named_folder
    from scaffold.catalog.plugins import find_source
    from scaffold.check.contract import check_source

    path = Path(plugin)
    source = named_folder(path) if path.is_dir() else find_source(plugin, folders)
    findings: list[Finding] = []
    for finding in check_source(source, show_progress, folders):
        findings.append(finding)
        if not as_json:
            print_finding(finding)
    if as_json:
        rows = [finding._asdict() for finding in findings]
        document = {"plugin": source.name, "findings": rows}
        print_json(document)
    elif not findings:
        click.echo(f"{source.name}: no findings.")
    if findings:
        click.get_current_context().exit(1)


def show_progress(words: str) -> None:
    """Print which choice is being checked, on a terminal."""
    if sys.stderr.isatty():
        click.echo(f"checking {words} ...", err=True)


def print_finding(finding: "Finding") -> None:
    """Print what is wrong, where, and how to fix it."""
    click.echo(finding.what)
    answers = f" (with {finding.answers})" if finding.answers else ""
    click.echo(f"  where: {finding.where}{answers}")
    click.echo(f"  fix:   {finding.how}")
