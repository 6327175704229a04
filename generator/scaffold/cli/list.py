"""`scaffold list`: list the available tasks."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli.options import json_option, plugin_option
from scaffold.cli.output import print_json, print_table

if TYPE_CHECKING:
    from scaffold.catalog.plugins import Plugin


@click.command("list")
@plugin_option
@json_option
def list_tasks(folders: tuple[Path, ...], as_json: bool) -> None:
    """List the available tasks.

    Plugins that cannot be used are listed at the end, with the reason.
    """
    from scaffold.catalog.plugins import Broken, Plugin, all_plugins

    plugins = all_plugins(folders)
    tasks = [task_row(plugin) for plugin in plugins if isinstance(plugin, Plugin)]
    broken = [plugin._asdict() for plugin in plugins if isinstance(plugin, Broken)]
    if as_json:
        document = {"tasks": tasks, "broken": broken}
        print_json(document)
        return
    print_table(
        ("task", "family", "title", "version", "from"), [(*t.values(),) for t in tasks]
    )
    for plugin in broken:
        click.echo("broken: {name} ({source}): {reason}".format_map(plugin))
    click.echo("\nShow details: scaffold show TASK")


def task_row(plugin: "Plugin") -> dict[str, str]:
    """Return the row of a task in the list."""
    manifest = plugin.manifest
    family = manifest.family
    return {
        "name": manifest.name,
        "family": family if isinstance(family, str) else ", ".join(family),
        "title": manifest.title,
        "version": manifest.version,
        "source": plugin.source,
    }
