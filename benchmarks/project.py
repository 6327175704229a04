"""A generated project, for benchmarks of the code in it."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

from scaffold.catalog.plugins import find_task
from scaffold.compose.recipe import Recipe
from scaffold.project.create import render_project, write_tree

PACKAGE = "measured"


def write_project(task: str, folder: Path) -> Path:
    """Write the project of a task, with its defaults, and return its folder."""
    rendered = render_project(Recipe((find_task(task),)), {"project_name": PACKAGE})
    folder.mkdir()
    write_tree(rendered.files, folder)
    return folder


class Project:
    """The modules of a project on the path, imported into this process."""

    def __init__(self, package: str = PACKAGE) -> None:
        self.package = package

    def __getattr__(self, name: str) -> ModuleType:
        return importlib.import_module(f"{self.package}.{name}")


def new_project(task: str, folder: Path) -> Project:
    """Write the project of a task, put it on the path, and return it."""
    sys.path.insert(0, str(write_project(task, folder)))
    return Project()
