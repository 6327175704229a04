"""`scaffold template export`: publish a template that works with Copier alone."""

import shlex
from pathlib import Path

import click

from scaffold.cli.options import parse_settings, plugin_option


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--task", metavar="NAME", required=True, help="The task of the template.")
@click.option(
    "--with",
    "features",
    metavar="FEATURE",
    multiple=True,
    help="Include a feature; repeatable.",
)
@click.option(
    "--set",
    "settings",
    metavar="KEY=VALUE",
    multiple=True,
    help="Set the default of an answer, or comments, variant or language; repeatable.",
)
@plugin_option
def export(
    folder: Path,
    task: str,
    features: tuple[str, ...],
    settings: tuple[str, ...],
    folders: tuple[Path, ...],
) -> None:
    """Export the template of a task, for use with Copier.

    Writes a Git repository to DIR: a Copier template with a README, as a commit with a
    tag. With a newer version of scaffold or a plugin, or with other features, the same
    command adds a commit and a tag. Publish the repository: users generate projects
    with copier copy, and update them with copier update.

    \b
    Examples:
      scaffold template export circle-template --task circle
      scaffold template export t --task line --with compare --set model=linear
    """
    from scaffold.check.plugin_template import template_folder
    from scaffold.cli.new import find_plugins
    from scaffold.compose.recipe import make_recipe
    from scaffold.project import export as repository

    plugins = find_plugins(task, features, "core", folders)
    recipe, given = make_recipe(plugins, parse_settings(settings))
    name = repository.export(folder, template_folder(recipe, given), recipe)
    if name is None:
        click.echo(f"Up to date: {folder} has this template already.")
        return
    there = shlex.quote(str(folder.absolute()))
    click.echo(f"Exported the template to {folder}, as version {name}.\n\nNext steps:")
    click.echo(f"  copier copy {there} my-{task}")
    click.echo(f"  git -C {there} push --tags URL HEAD")
