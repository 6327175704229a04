"""`scaffold plugin`: for those who write plugins."""

import click

from scaffold.cli.plugin.check import check
from scaffold.cli.plugin.new import new


@click.group()
def plugin() -> None:
    """Write plugins, and prove that they keep the contract."""


plugin.add_command(check)
plugin.add_command(new)
