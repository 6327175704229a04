"""`scaffold template export`: write a template that works with Copier alone."""

from pathlib import Path

import click

from scaffold.cli.options import plugin_option


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--task", metavar="NAME", required=True, help="The task of the template.")
@plugin_option
def export(folder: Path, task: str, folders: tuple[Path, ...]) -> None:
    """Export the template of a task, for use with Copier.

    Writes a Copier template with a README into DIR. Publish it as a Git repository:
    users generate projects with copier copy, and update them with copier update.
    """
    from scaffold.catalog.plugins import find_task
    from scaffold.check.plugin_template import template_folder
    from scaffold.project.create import write_tree
    from scaffold.project.destination import staged

    plugin = find_task(task, folders)
    with staged(folder) as stage:
        write_tree(template_folder(plugin), stage)
    click.echo(f"Exported the template to {folder}.\n\nNext steps:")
    click.echo(f"  copier copy {folder} my-{task}")
