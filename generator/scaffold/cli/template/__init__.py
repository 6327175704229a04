"""`scaffold template`: commands for publishing templates."""

import click

from scaffold.cli.lazy import Lazy, LazyGroup

COMMANDS = {
    "export": Lazy(
        "scaffold.cli.template.export:export",
        "Export the template of a task, for use with Copier.",
    ),
}


@click.group(cls=LazyGroup, lazy=COMMANDS)
def template() -> None:
    """Export a task's template."""
