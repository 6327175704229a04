"""`scaffold plugin`: commands for plugin authors."""

import click

from scaffold.cli.lazy import Lazy, LazyGroup

COMMANDS = {
    "new": Lazy("scaffold.cli.plugin.new:new", "Create a plugin package."),
    "check": Lazy("scaffold.cli.plugin.check:check", "Validate a plugin."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS)
def plugin() -> None:
    """Create and validate plugins."""
