"""`scaffold list`: list tasks and features."""

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
def list_plugins(folders: tuple[Path, ...], as_json: bool) -> None:
    """List tasks and features.

    Plugins that cannot be used are listed at the end, with the reason.
    """
    from scaffold.catalog.plugins import InvalidPlugin, Plugin, all_plugins

    found = all_plugins(folders)
    plugins = [plugin for plugin in found if isinstance(plugin, Plugin)]
    tasks = [task_row(p) for p in plugins if p.manifest.kind == "task"]
    features = [feature_row(p) for p in plugins if p.manifest.kind == "feature"]
    invalid = [p._asdict() for p in found if isinstance(p, InvalidPlugin)]
    if as_json:
        print_json({"tasks": tasks, "features": features, "invalid": invalid})
        return
    head = ("task", "family", "title", "version", "from")
    print_table(head, [(*row.values(),) for row in tasks])
    click.echo()
    head = ("feature", "works with", "title", "version", "from")
    print_table(head, [(*row.values(),) for row in features])
    for plugin in invalid:
        click.echo("invalid: {name} ({source}): {reason}".format_map(plugin))
    click.echo("\nShow details: scaffold show NAME")


def task_row(plugin: "Plugin") -> dict[str, str]:
    """Return the row of a task."""
    manifest = plugin.task
    family = manifest.family
    return {
        "name": manifest.name,
        "family": family if isinstance(family, str) else ", ".join(family),
        "title": manifest.title,
        "version": manifest.version,
        "source": plugin.source,
    }


def feature_row(plugin: "Plugin") -> dict[str, str]:
    """Return the row of a feature."""
    return {
        "name": plugin.name,
        "works with": describe_rules(plugin),
        "title": plugin.manifest.title,
        "version": plugin.manifest.version,
        "source": plugin.source,
    }


def describe_rules(plugin: "Plugin") -> str:
    """Return with which tasks and features a feature can be combined."""
    feature = plugin.feature
    rules = [
        "tasks with a validation split" if feature.needs_validation else "any task"
    ]
    rules += [f"requires {name}" for name in feature.requires]
    rules += [f"not with {name}" for name in feature.conflicts]
    return "; ".join(rules)
