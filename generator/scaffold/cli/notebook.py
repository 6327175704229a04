"""`scaffold explain --notebook`: where the cells of a notebook belong in a project."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli.output import print_json

if TYPE_CHECKING:
    from scaffold.catalog.manifest import TaskManifest
    from scaffold.catalog.plugins import Plugin
    from scaffold.teach.cells import Cell


def explain_notebook(
    notebook: Path, plugin: "Plugin | None", package: str, as_json: bool
) -> None:
    """Print the place of each cell in a project of a package, and what is missing.

    Without a package, it is a new project of the task, or of the one that suits best.
    """
    from scaffold.catalog.plugins import find_task
    from scaffold.teach.cells import read_cells
    from scaffold.teach.notebook import infer_task

    cells = read_cells(notebook)
    new = not package
    task = (plugin or find_task(infer_task(cells))).task
    package = package or f"my_{task.name.replace('-', '_')}"
    if as_json:
        print_json(describe(cells, task, package))
        return
    print_cells(cells, task, package)
    print_faults(cells)
    if new:
        name = package.replace("_", "-")
        click.echo(f"\nStart with: scaffold new {name} --task {task.name}")


def describe(
    cells: list["Cell"], task: "TaskManifest", package: str
) -> dict[str, object]:
    """Return cells and faults, for --json."""
    from scaffold.teach.faults import find_faults
    from scaffold.teach.notebook import list_places

    rows = [
        {
            "cell": cell.number,
            "first_line": cell.first_line,
            "problem": cell.problem or None,
            "steps": [
                {"step": step, "place": place}
                for step, place in list_places(cell, task, package)
            ],
        }
        for cell in cells
    ]
    faults = [finding._asdict() for finding in find_faults(cells)]
    found = {"task": task.name, "package": package}
    return {**found, "cells": rows, "findings": faults}


def print_cells(cells: list["Cell"], task: "TaskManifest", package: str) -> None:
    """Print the steps in each cell, with the file and function for each."""
    from scaffold.teach.notebook import list_places

    click.echo("Code cells, and where each step belongs:")
    for cell in cells:
        click.secho(f"\n{cell.number:>3}  {cell.first_line}", bold=True)
        if cell.problem:
            click.secho(f"     cannot be read: {cell.problem}", fg="red")
        places = list_places(cell, task, package)
        for step, place in places:
            click.echo(f"     {step:<22}  {place}")
        if not cell.problem and not places:
            click.secho(
                "     no step of a project, or not recognised",
                dim=True,
            )


def print_faults(cells: list["Cell"]) -> None:
    """Print what is missing or wrong, with the cells that show it."""
    import textwrap

    from scaffold.teach.faults import find_faults

    findings = find_faults(cells)
    click.secho(
        "\nMissing or wrong:" if findings else "\nNo common mistake was found.",
        bold=True,
    )
    for finding in findings:
        numbers = ", ".join(map(str, finding.cells))
        text = f"{finding.text} (cell {numbers})"
        click.echo(textwrap.fill(text, 88, initial_indent="- ", subsequent_indent="  "))
