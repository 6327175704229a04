"""`scaffold template`: the composed template, for those who publish one."""

import click

from scaffold.cli.template.export import export


@click.group()
def template() -> None:
    """Take out the template that a project is written from."""


template.add_command(export)
