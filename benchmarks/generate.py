"""Whole processes of scaffold beside those of its peers: `make bench`."""

import sys
import tempfile
from pathlib import Path

from timing import Command, measure, medians

from scaffold.catalog.plugins import find_task
from scaffold.compose.recipe import Recipe
from scaffold.project.create import render_project, write_tree

ROUNDS = 15
BIN = Path(sys.executable).parent
NEW = ("new", "out", "--task", "circle", "--defaults")


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        make_templates(home)
        copy = ("copy", "--defaults", home / "copier", "out")
        commands = {
            "import click": Command([sys.executable, "-c", "import click"]),
            "scaffold list": Command([BIN / "scaffold", "list"]),
            "scaffold show": Command([BIN / "scaffold", "show", "circle"]),
            "scaffold new": Command([BIN / "scaffold", *NEW]),
            "pyscaffold": Command([BIN / "putup", "out"]),
            "cookiecutter": Command(
                [BIN / "cookiecutter", "--no-input", home / "cookie"]
            ),
            "trainite": Command([BIN / "trainite", "init", "out"]),
            "copier copy": Command([BIN / "copier", *copy]),
        }
        median = medians(measure(commands, home / "work", ROUNDS))
    ratio = median["scaffold list"] / median["import click"]
    print(f"scaffold list / import click: {ratio:.2f} (promised: at most 3)")
    for peer in ("pyscaffold", "cookiecutter", "trainite", "copier copy"):
        ratio = median["scaffold new"] / median[peer]
        print(f"scaffold new / {peer}: {ratio:.2f} (promised: below 1)")


def make_templates(home: Path) -> None:
    """Write a Copier and a cookiecutter template with the files of the task circle."""
    rendered = render_project(Recipe((find_task("circle"),)), {"project_name": "out"})
    cookie = home / "cookie" / "{{ cookiecutter.name }}"
    for folder, tree in (
        (home / "copier", rendered.template),
        (cookie, rendered.files),
    ):
        folder.mkdir(parents=True)
        write_tree(tree, folder)
    (home / "cookie" / "cookiecutter.json").write_text('{"name": "out"}\n')


if __name__ == "__main__":
    main()
