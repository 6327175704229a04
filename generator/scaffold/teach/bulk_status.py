"""Many projects at once: a class, or all that a team has."""

import os
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from scaffold.compose.composition import compose
from scaffold.compose.recipe import Record
from scaffold.project.bundle import tag
from scaffold.project.git import JOURNALS
from scaffold.project.project_state import ANSWERS, open_project
from scaffold.project.recipe_lookup import find_recipe, versions

# Folders that may be huge and hold no project of ours.
PASSED_OVER = frozenset({".git", ".venv", "venv", "node_modules", "__pycache__"})


class Standing(NamedTuple):
    """How a project stands: what it has, what is installed, and what is wrong."""

    path: Path
    task: str
    before: dict[str, str]  # versions
    after: dict[str, str]
    state: Literal["current", "behind", "broken"]
    reason: str  # of a broken one
    waiting: bool = False  # whether an update of it was not committed yet


def find_projects(folder: Path) -> Iterator[Path]:
    """Yield the folders of all projects below a folder, itself included, by name."""
    for home, folders, files in os.walk(folder):
        folders[:] = sorted(set(folders) - PASSED_OVER)
        if ANSWERS in files:
            yield Path(home)


def look_at(folder: Path, plugins: Sequence[Path] = ()) -> Standing:
    """Return how a project stands; raises as `open_project` and `find_recipe` do."""
    project = open_project(folder)
    latest = installed(project.record, tuple(plugins))
    state: Literal["current", "behind"] = "behind"
    if latest.tag == project.tag:
        state = "current"
    before, after = project.versions, latest.versions
    return Standing(folder, latest.task, before, after, state, "", waits(folder))


def waits(folder: Path) -> bool:
    """Return whether an update waits in a project; Git is asked only if one may."""
    above = (folder.absolute(), *folder.absolute().parents)
    home = next((path / ".git" for path in above if (path / ".git").exists()), None)
    if home is None or (home.is_dir() and not any(home.glob(JOURNALS))):
        return False
    from scaffold.update.journal import is_waiting
    from scaffold.update.repository import open_repository

    return is_waiting(open_repository(folder))


class Latest(NamedTuple):
    """What is installed for a recipe: the task, the versions, the template's tag."""

    task: str
    versions: dict[str, str]
    tag: str


@lru_cache(maxsize=64)
def installed(record: Record, plugins: tuple[Path, ...]) -> Latest:
    """Return what is installed for a recorded recipe; a class often shares one."""
    recipe = find_recipe(record, plugins)
    return Latest(recipe.task.manifest.name, versions(recipe), tag(compose(recipe)))


def look_safely(folder: Path, plugins: Sequence[Path] = ()) -> Standing:
    """Return how a project stands, also if nothing can be said but what is wrong."""
    try:
        return look_at(folder, plugins)
    except Exception as error:  # whatever is wrong with it, the others come next
        return Standing(folder, "", {}, {}, "broken", " ".join(str(error).split()))
