"""`scaffold class status` of 500 repositories beside `status`: `make bench`."""

import shutil
import sys
import tempfile
from pathlib import Path

from timing import Command, measure, medians, say

from scaffold.catalog.plugins import find_task
from scaffold.compose.recipe import Recipe
from scaffold.project.create import create, render_project

ROUNDS = 15
STUDENTS = 500
SCAFFOLD = Path(sys.executable).parent / "scaffold"


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        make_class(home / "class")
        one = home / "class" / "student-000"
        commands = {
            "class status": Command([SCAFFOLD, "class", "status", home / "class"]),
            "status": Command([SCAFFOLD, "status", one]),
        }
        times = measure(commands, home / "work", ROUNDS)
    medians(times)
    say(times, "class status", "status", "at most 5")


def make_class(home: Path) -> None:
    """Write the repositories of a class, each with its own history and answers."""
    recipe = Recipe((find_task("circle"),), variant="exercise")
    hooks = shutil.ignore_patterns("hooks")
    for number in range(STUDENTS):
        folder = home / f"student-{number:03}"
        if number % 25 == 0:  # twenty assignments, with another name each
            origin = folder
            create(render_project(recipe, {"project_name": f"hw-{number}"}), folder)
        else:
            shutil.copytree(origin, folder, symlinks=True, ignore=hooks)
        for path in folder.glob("hw_*/loss.py"):
            path.write_text(f"{path.read_text()}\n# student {number}\n")


if __name__ == "__main__":
    main()
