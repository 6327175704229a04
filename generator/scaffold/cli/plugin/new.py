"""`scaffold plugin new`: create a plugin package."""

from pathlib import Path

import click


@click.command()
@click.argument("name")
@click.option(
    "--family",
    type=click.Choice(["regression", "binary", "multiclass", "custom"]),
    default="regression",
    show_default=True,
    help="Type of the task: a number, two classes, several classes, or any shape.",
)
@click.option("--feature", is_flag=True, help="Create a feature instead of a task.")
def new(name: str, family: str, feature: bool) -> None:
    """Create a plugin package.

    Writes the folder scaffold-NAME: a Python package with a plugin for the task or
    feature NAME. It passes scaffold plugin check: a task starts as a copy of a built-in
    one, a feature or a task of any shape as a small example. Adapt it.

    \b
    Examples:
      scaffold plugin new moons --family binary
      scaffold plugin new lr-finder --feature
    """
    from scaffold.catalog.discovery import all_sources
    from scaffold.check.plugin_template import feature_package, task_package
    from scaffold.errors import ArgumentError
    from scaffold.project.create import write_tree
    from scaffold.project.destination import staged

    if any(source.name == name for source in all_sources()):
        raise ArgumentError(f"plugin {name!r} already exists; choose another name")
    folder = Path(f"scaffold-{name}")
    package = feature_package(name) if feature else task_package(name, family)
    with staged(folder) as stage:
        write_tree(package, stage)
    click.echo(f"Created {folder} ({len(package)} files).\n\nNext steps:")
    click.echo(f"  cd {folder}")
    click.echo("  pip install -e '.[test]'")
    click.echo("  scaffold plugin check .")
