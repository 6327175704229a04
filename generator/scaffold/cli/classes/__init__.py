"""`scaffold class`: commands for the projects of a class."""

import click

from scaffold.cli.lazy import Lazy, LazyGroup

COMMANDS = {
    "status": Lazy(
        "scaffold.cli.classes.status:status",
        "Show the state of each project in a folder.",
    ),
    "update": Lazy(
        "scaffold.cli.classes.update:update",
        "Put updates into branches of the projects in a folder.",
    ),
    "review": Lazy(
        "scaffold.cli.classes.review:review",
        "Write a report on the submissions in a folder.",
    ),
}


@click.group("class", cls=LazyGroup, lazy=COMMANDS)
def class_() -> None:
    """Look after the projects of a class.

    DIR is a folder with the repositories of students. Nothing of these is executed,
    unless review gets --run-tests.
    """
