"""`scaffold explain`: show what files are for, and what to change in them."""

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli.notebook import explain_notebook
from scaffold.cli.options import fetch_option, json_option, plugin_option

if TYPE_CHECKING:
    from scaffold.catalog.plugins import Plugin
    from scaffold.compose.recipe import Recipe
    from scaffold.project.published import Reach
    from scaffold.teach.explain import FileInfo

ANSWERS = ".copier-answers.yml"


@click.command()
@click.argument("subject", metavar="[TASK|DIR|FILE[:FUNCTION]]", default=".")
@click.option(
    "--notebook",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Show where the cells of a notebook belong in the task or project.",
)
@fetch_option
@plugin_option
@json_option
def explain(
    subject: str,
    notebook: Path | None,
    reach: "Reach",
    folders: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Show what the files of a project are for.

    Lists the files of a task or project in the order to read them. For a file, shows
    its purpose, its layer, its functions and classes, and what to change in it; for a
    function or class, its signature and docstring. For a --notebook, shows where each
    cell belongs, and what is missing; no code of it is run.

    \b
    Examples:
      scaffold explain circle                          the files of a task
      scaffold explain my-circle                       the files of a project
      scaffold explain my_circle/engine.py             a file
      scaffold explain my_circle/engine.py:train_epoch a function
      scaffold explain --notebook circles.ipynb        a notebook
    """
    if notebook:
        task, package = find_layout(subject, reach, folders)
        explain_notebook(notebook, task, package, as_json)
        return
    if as_json:
        raise click.UsageError("--json is for --notebook")
    name, _, definition = (
        subject.rpartition(":") if ":" in subject else (subject, "", "")
    )
    path = Path(name)
    if path.is_dir() and (path / ANSWERS).exists():
        explain_project(path, reach, folders)
    elif path.is_file():
        explain_file(path, definition, reach, folders)
    else:
        explain_task(subject, folders)


def find_layout(
    subject: str, reach: "Reach", folders: tuple[Path, ...]
) -> tuple["Plugin | None", str]:
    """Return the task and the package that a notebook is compared with.

    Outside of a project, there is no package, and no task unless `subject` names one.
    """
    from scaffold.catalog.plugins import find_task

    homes = [Path(subject), *(Path.cwd().parents if subject == "." else ())]
    found = (folder for folder in homes if (folder / ANSWERS).exists())
    if home := next(found, None):
        recipe, package = open_recipe(home, reach, folders)
        return recipe.task, package
    return None if subject == "." else find_task(subject, folders), ""


def explain_task(task: str, folders: tuple[Path, ...]) -> None:
    """Explain the files of a task."""
    from scaffold.catalog.plugins import find_task
    from scaffold.compose.recipe import Recipe
    from scaffold.errors import ArgumentError
    from scaffold.teach.explain import describe_files

    try:
        recipe = Recipe((find_task(task, folders),))
    except ArgumentError as error:
        raise ArgumentError(
            f"{task!r} is neither a project, a file nor a task: {error}"
        ) from error
    package = f"my_{task.replace('-', '_')}"
    print_files(recipe, describe_files(recipe, package))


def explain_project(folder: Path, reach: "Reach", folders: tuple[Path, ...]) -> None:
    """Explain the files of a project."""
    from scaffold.teach.explain import describe_files

    recipe, package = open_recipe(folder, reach, folders)
    about = describe_files(recipe, package)
    print_files(
        recipe, {path: a for path, a in about.items() if (folder / path).exists()}
    )


def open_recipe(
    folder: Path, reach: "Reach", folders: tuple[Path, ...]
) -> tuple["Recipe", str]:
    """Return the recipe and the package name of a project."""
    from scaffold.project.project_state import open_project
    from scaffold.project.recipe_lookup import find_recipe

    project = open_project(folder, reach)
    name = project.stored.get("project_name", "")
    return find_recipe(project.record, folders), name.lower().replace("-", "_")


def print_files(recipe: "Recipe", about: dict[str, "FileInfo"]) -> None:
    """Print files in reading order, with layer and purpose."""
    manifest = recipe.task.manifest
    click.secho(f"{manifest.title} ({manifest.name} {manifest.version})", bold=True)
    click.echo(f"{manifest.summary}.\n\nFiles, in the order to read them:\n")
    width = max(map(len, about))
    layers = max(len(info.layer) for info in about.values())
    for number, (path, info) in enumerate(about.items(), start=1):
        layer = click.style(f"{info.layer:<{layers}}", dim=True)
        click.echo(f"{number:>3}  {path:<{width}}  {layer}  {info.purpose}")
    click.echo("\nShow details: scaffold explain FILE or FILE:FUNCTION, in a project")


def explain_file(
    path: Path, definition: str, reach: "Reach", folders: tuple[Path, ...]
) -> None:
    """Explain a file of a project, or a function or class in it."""
    from scaffold.errors import ProjectError
    from scaffold.teach.explain import describe_files

    path = path.resolve()
    home = next(
        (folder for folder in path.parents if (folder / ANSWERS).exists()), None
    )
    if home is None:
        hint = "name a file of one"
        if path.suffix == ".ipynb":
            hint = f"for its cells: scaffold explain --notebook {path}"
        raise ProjectError(f"{path} is not in a scaffold project; {hint}")
    recipe, package = open_recipe(home, reach, folders)
    inside = path.relative_to(home).as_posix()
    about = describe_files(recipe, package).get(inside)
    if definition:
        print_definition(path, inside, definition, package)
        return
    click.secho(inside, bold=True)
    if about is None:
        click.echo("Your own file: it is not part of the template.")
    else:
        origin = describe_layer(about.layer, recipe)
        click.echo(f"{about.purpose[:1].upper()}{about.purpose[1:]}. From {origin}.")
    if path.suffix == ".ipynb":
        click.echo(f"Where its cells belong: scaffold explain --notebook {inside}")
    if path.suffix == ".py":
        print_definitions(path)
    if about and about.change:
        print_paragraph("What to change", about.change)


def describe_layer(layer: str, recipe: "Recipe") -> str:
    """Return what a file comes from, in words."""
    if layer in {"core", "exercises"}:
        return f"the {layer}"
    return f"the {'task' if layer == recipe.task.name else 'feature'} {layer}"


def print_definitions(path: Path) -> None:
    """Print the functions and classes of a file."""
    from scaffold.teach.explain import read_definitions

    text, definitions = read_definitions(path)
    click.echo(f"\n{text}\n")
    for definition in definitions:
        click.echo(f"  {definition.line:>4}  {definition.name}")
        if definition.summary:
            click.secho(f"        {definition.summary}", dim=True)


def print_definition(path: Path, inside: str, name: str, package: str) -> None:
    """Print signature, docstring and hint of a function or class."""
    from scaffold.teach.explain import find_definition, get_hint, read_definitions

    definition = find_definition(read_definitions(path)[1], name, path)
    click.secho(f"{inside}:{definition.line}  {definition.name}", bold=True)
    click.echo(f"{definition.head}\n\n{definition.text or 'No docstring.'}")
    change = get_hint(inside, definition.name, package)
    if change:
        print_paragraph("What to change", change)


def print_paragraph(head: str, text: str) -> None:
    """Print a paragraph with a heading, wrapped at 88 columns."""
    click.secho(f"\n{head}", bold=True)
    click.echo(textwrap.fill(text, width=88))
