"""A group that imports a command only when it is called."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

import click


class Lazy(NamedTuple):
    """Where a command is defined, as MODULE:FUNCTION, and its line in the help."""

    target: str
    summary: str


class LazyGroup(click.Group):
    """A click group whose commands are listed without being imported.

    Importing all of them would take longer than most of them run. The help lists them
    in the order of `lazy`.
    """

    def __init__(self, *args: Any, lazy: Mapping[str, Lazy], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, in the order of the help."""
        return list(self.lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, imported now; None if there is none of this name."""
        if cmd_name in self.lazy:
            return self.load(cmd_name)
        for name in self.lazy:  # click suggests the nearest name of those in `commands`
            self.load(name)
        return None

    def load(self, name: str) -> click.Command:
        """Import a command, once."""
        if name not in self.commands:
            module, _, function = self.lazy[name].target.partition(":")
            self.commands[name] = getattr(import_module(module), function)
        return self.commands[name]

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Write the list of commands; click would import each, and cut its line."""
        rows = [(name, command.summary) for name, command in self.lazy.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)
