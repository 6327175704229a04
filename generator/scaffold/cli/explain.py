"""`scaffold explain`: what a project is made of, and what to change in it."""

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli.options import plugin_option

if TYPE_CHECKING:
    from scaffold.compose.recipe import Recipe
    from scaffold.teach.explain import FileInfo

ANSWERS = ".copier-answers.yml"


@click.command()
@click.argument("subject", metavar="[TASK|DIR|FILE[:FUNCTION]]", default=".")
@plugin_option
def explain(subject: str, folders: tuple[Path, ...]) -> None:
    """Show what the files of a project are for.

    Lists the files of a task or project in the order to read them. For a file, shows
    its purpose, its layer, its functions and classes, and what to change in it; for a
    function or class, its signature and docstring.

    \b
    Examples:
      scaffold explain circle                          the files of a task
      scaffold explain my-circle                       those of a project
      scaffold explain my_circle/engine.py             a file
      scaffold explain my_circle/engine.py:train_epoch a function
    """
    name, _, part = subject.rpartition(":") if ":" in subject else (subject, "", "")
    path = Path(name)
    if path.is_dir() and (path / ANSWERS).exists():
        explain_project(path, folders)
    elif path.is_file():
        explain_file(path, part, folders)
    else:
        explain_task(subject, folders)


def explain_task(task: str, folders: tuple[Path, ...]) -> None:
    """Explain the files that a task writes."""
    from scaffold.catalog.plugins import find_task
    from scaffold.compose.recipe import Recipe
    from scaffold.errors import ArgumentError
    from scaffold.teach.explain import describe_files

    try:
        recipe = Recipe((find_task(task, folders),))
    except ArgumentError as error:
        raise ArgumentError(
            f"{task!r} is no project, no file and no task: {error}"
        ) from error
    package = f"my_{task.replace('-', '_')}"
    say_tree(recipe, describe_files(recipe, package))


def explain_project(folder: Path, folders: tuple[Path, ...]) -> None:
    """Explain the files of a project."""
    from scaffold.teach.explain import describe_files

    recipe, package = open_recipe(folder, folders)
    about = describe_files(recipe, package)
    say_tree(recipe, {path: a for path, a in about.items() if (folder / path).exists()})


def open_recipe(folder: Path, folders: tuple[Path, ...]) -> tuple["Recipe", str]:
    """Return the recipe of a project, and the name of its package."""
    from scaffold.project.project_state import open_project
    from scaffold.project.recipe_lookup import find_recipe

    project = open_project(folder)
    name = project.stored.get("project_name", "")
    return find_recipe(project.record, folders), name.lower().replace("-", "_")


def say_tree(recipe: "Recipe", about: dict[str, "FileInfo"]) -> None:
    """Print files in the order to read them, with layer and purpose."""
    manifest = recipe.task.manifest
    click.secho(f"{manifest.title} ({manifest.name} {manifest.version})", bold=True)
    click.echo(f"{manifest.summary}.\n\nIn the order to read them:\n")
    width = max(map(len, about))
    layers = max(len(known.layer) for known in about.values())
    for number, (path, known) in enumerate(about.items(), start=1):
        layer = click.style(f"{known.layer:<{layers}}", dim=True)
        click.echo(f"{number:>3}  {path:<{width}}  {layer}  {known.purpose}")
    click.echo("\nMore of one: scaffold explain FILE, or FILE:FUNCTION, in a project.")


def explain_file(path: Path, part: str, folders: tuple[Path, ...]) -> None:
    """Explain a file of a project, or a part of it."""
    from scaffold.errors import ProjectError
    from scaffold.teach.explain import describe_files

    path = path.resolve()
    home = next(
        (folder for folder in path.parents if (folder / ANSWERS).exists()), None
    )
    if home is None:
        raise ProjectError(f"{path} is in no project of scaffold; name a file of one")
    recipe, package = open_recipe(home, folders)
    inside = path.relative_to(home).as_posix()
    about = describe_files(recipe, package).get(inside)
    if part:
        say_part(path, inside, part, package)
        return
    click.secho(inside, bold=True)
    if about is None:
        click.echo("A file of yours: no layer of the template has it.")
    else:
        origin = "the base" if about.layer == "base" else f"the task {about.layer}"
        click.echo(f"{about.purpose[:1].upper()}{about.purpose[1:]}. From {origin}.")
    if path.suffix == ".py":
        say_parts(path)
    if about and about.change:
        say_paragraph("What to change", about.change)


def say_parts(path: Path) -> None:
    """Print the functions and classes of a file."""
    from scaffold.teach.explain import read_definitions

    text, parts = read_definitions(path)
    click.echo(f"\n{text}\n")
    for part in parts:
        click.echo(f"  {part.line:>4}  {part.name}")
        if part.summary:
            click.secho(f"        {part.summary}", dim=True)


def say_part(path: Path, inside: str, name: str, package: str) -> None:
    """Print what a function or class is for."""
    from scaffold.teach.explain import find_definition, get_hint, read_definitions

    part = find_definition(read_definitions(path)[1], name, path)
    click.secho(f"{inside}:{part.line}  {part.name}", bold=True)
    click.echo(f"{part.head}\n\n{part.text or 'It has no docstring.'}")
    change = get_hint(inside, part.name, package)
    if change:
        say_paragraph("What to change", change)


def say_paragraph(head: str, text: str) -> None:
    """Print a paragraph with its head, in lines of readable length."""
    click.secho(f"\n{head}", bold=True)
    click.echo(textwrap.fill(text, width=88))
