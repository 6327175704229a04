"""`scaffold explain --notebook`: where the cells of a notebook belong in a project."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scaffold.cli.output import print_json

if TYPE_CHECKING:
    from scaffold.teach.cells import Cell


def explain_notebook(notebook: Path, task: str, package: str, as_json: bool) -> None:
    """Print the place of each cell in a project of a package, and what is missing.

    Without a package, it is a new project of the task, or of the one that suits best.
    """
    from scaffold.teach.cells import read_cells
    from scaffold.teach.notebook import infer_task

    cells = read_cells(notebook)
    new = not package
    task = task or infer_task(cells)
    package = package or f"my_{task.replace('-', '_')}"
    if as_json:
        print_json({"task": task, "package": package, **describe(cells, package)})
        return
    print_cells(cells, package)
    print_faults(cells)
    if new:
        name = package.replace("_", "-")
        click.echo(f"\nStart with: scaffold new {name} --task {task}")


def describe(cells: list["Cell"], package: str) -> dict[str, object]:
    """Return cells and faults, for --json."""
    from scaffold.teach.faults import find_faults
    from scaffold.teach.notebook import find_steps

    rows = [
        {
            "cell": cell.number,
            "first_line": cell.first_line,
            "problem": cell.problem or None,
            "steps": [
                {"step": step.name, "place": f"{package}/{step.place}"}
                for step in find_steps(cell)
            ],
        }
        for cell in cells
    ]
    faults = [finding._asdict() for finding in find_faults(cells)]
    return {"cells": rows, "findings": faults}


def print_cells(cells: list["Cell"], package: str) -> None:
    """Print the steps in each cell, with the file and function for each."""
    from scaffold.teach.notebook import find_steps

    click.echo("Code cells, and where each step belongs:")
    for cell in cells:
        click.secho(f"\n{cell.number:>3}  {cell.first_line}", bold=True)
        if cell.problem:
            click.secho(f"     cannot be read: {cell.problem}", fg="red")
        for step in find_steps(cell):
            click.echo(f"     {step.name:<22}  {package}/{step.place}")
        if not cell.problem and not find_steps(cell):
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
