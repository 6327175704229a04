"""`scaffold plugin new`: create a plugin package."""

from pathlib import Path

import click


@click.command()
@click.argument("name")
@click.option(
    "--family",
    type=click.Choice(["regression", "binary", "multiclass"]),
    default="regression",
    show_default=True,
    help="Type of the task: a number, two classes, or several classes.",
)
def new(name: str, family: str) -> None:
    """Create a plugin package.

    Writes the folder scaffold-NAME: a Python package with a plugin for the task NAME.
    It is a copy of a built-in task and passes scaffold plugin check; adapt it to your
    task.
    """
    from scaffold.catalog.discovery import all_sources
    from scaffold.catalog.plugins import find_task
    from scaffold.check.plugin_template import ORIGINS, plugin_package
    from scaffold.errors import ArgumentError
    from scaffold.project.create import write_tree
    from scaffold.project.destination import staged

    if any(source.name == name for source in all_sources()):
        raise ArgumentError(f"task {name!r} already exists; choose another name")
    folder = Path(f"scaffold-{name}")
    package = plugin_package(name, find_task(ORIGINS[family]))
    with staged(folder) as stage:
        write_tree(package, stage)
    click.echo(f"Created {folder} ({len(package)} files).\n\nNext steps:")
    click.echo(f"  cd {folder}")
    click.echo("  pip install -e '.[test]'")
    click.echo("  scaffold plugin check .")
