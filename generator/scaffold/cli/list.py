"""`scaffold list`: which tasks there are."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli.options import json_option, plugin_option

if TYPE_CHECKING:
    from scaffold.catalog.plugins import Plugin


@click.command("list")
@plugin_option
@json_option
def list_tasks(folders: tuple[Path, ...], as_json: bool) -> None:
    """List the tasks that projects can be written for.

    A plugin that cannot be used stands at the end, with the reason.
    """
    from scaffold.catalog.plugins import Broken, Plugin, all_plugins
    from scaffold.cli.table import print_table

    plugins = all_plugins(folders)
    tasks = [task_row(plugin) for plugin in plugins if isinstance(plugin, Plugin)]
    broken = [plugin._asdict() for plugin in plugins if isinstance(plugin, Broken)]
    if as_json:
        document = {"tasks": tasks, "broken": broken}
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    print_table(
        ("task", "family", "title", "version", "from"), [(*t.values(),) for t in tasks]
    )
    for plugin in broken:
        click.echo("broken: {name} ({source}): {reason}".format_map(plugin))
    click.echo("\nMore about a task: scaffold show TASK")


def task_row(plugin: "Plugin") -> dict[str, str]:
    """Return what the list says of a task."""
    manifest = plugin.manifest
    family = manifest.family
    return {
        "name": manifest.name,
        "family": family if isinstance(family, str) else ", ".join(family),
        "title": manifest.title,
        "version": manifest.version,
        "source": plugin.source,
    }
