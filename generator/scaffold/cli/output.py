"""Print JSON documents, tables, trees and diffs."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TextIO

import click

if TYPE_CHECKING:
    from scaffold.project.create import RenderedProject


def print_json(document: dict[str, Any]) -> None:
    """Print one JSON document."""
    import json

    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows with a header, in aligned columns.

    Written by hand because importing rich takes longer than most commands run.
    """
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for number, row in enumerate((head, *rows)):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        line = "  ".join(cells).rstrip()
        click.echo(click.style(line, bold=True) if number == 0 else line)


def print_csv(rows: Sequence[Mapping[str, object]], file: TextIO) -> None:
    """Write rows with the same keys as a CSV table.

    A text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    import csv

    writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({key: no_formula(value) for key, value in row.items()})


def no_formula(value: object) -> object:
    """Return a value that no spreadsheet evaluates; names can come from strangers."""
    risky = isinstance(value, str) and value.startswith(
        ("=", "+", "-", "@", "\t", "\r")
    )
    return f"'{value}" if risky else value


def print_tree(name: str, rendered: "RenderedProject") -> None:
    """Print the files of a rendered project as a tree, each with its purpose."""
    from scaffold.compose.file_tree import draw_tree

    click.echo(f"{name}/")
    for line in draw_tree(rendered.purposes):
        click.echo(line)


def print_diff(patch: str) -> None:
    """Print a unified diff, in colour on a terminal."""
    colours = {"+": "green", "-": "red", "@": "cyan"}
    for line in patch.splitlines():
        click.secho(line, fg=colours.get(line[:1]))
