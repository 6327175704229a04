"""Many projects at once: a class, or all that a team has."""

import os
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from scaffold.compose.composition import compose
from scaffold.compose.recipe import Record
from scaffold.project.bundle import tag
from scaffold.project.git import JOURNAL_PATTERN
from scaffold.project.project_state import ANSWERS, open_project
from scaffold.project.recipe_lookup import find_recipe, installed_versions

# Folders that may be huge and hold no project of ours.
SKIPPED_FOLDERS = frozenset({".git", ".venv", "venv", "node_modules", "__pycache__"})


class ProjectStatus(NamedTuple):
    """How a project stands: what it has, what is installed, and what is wrong."""

    path: Path
    task: str
    before: dict[str, str]  # versions
    after: dict[str, str]
    state: Literal["current", "behind", "broken"]
    reason: str  # of a broken one
    pending: bool = False  # whether an update of it was not committed yet


def find_projects(folder: Path) -> Iterator[Path]:
    """Yield the folders of all projects below a folder, itself included, by name."""
    for home, folders, files in os.walk(folder):
        folders[:] = sorted(set(folders) - SKIPPED_FOLDERS)
        if ANSWERS in files:
            yield Path(home)


def get_status(folder: Path, plugins: Sequence[Path] = ()) -> ProjectStatus:
    """Return how a project stands; raises as `open_project` and `find_recipe` do."""
    project = open_project(folder)
    latest = get_installed(project.record, tuple(plugins))
    state: Literal["current", "behind"] = "behind"
    if latest.tag == project.tag:
        state = "current"
    before, after = project.versions, latest.versions
    return ProjectStatus(
        folder, latest.task, before, after, state, "", has_pending_update(folder)
    )


def has_pending_update(folder: Path) -> bool:
    """Return whether a project has an uncommitted update; asks Git only if needed."""
    above = (folder.absolute(), *folder.absolute().parents)
    home = next((path / ".git" for path in above if (path / ".git").exists()), None)
    if home is None or (home.is_dir() and not any(home.glob(JOURNAL_PATTERN))):
        return False
    from scaffold.update.journal import is_pending
    from scaffold.update.repository import open_repository

    return is_pending(open_repository(folder))


class Installed(NamedTuple):
    """What is installed for a recipe: the task, the versions, the template's tag."""

    task: str
    versions: dict[str, str]
    tag: str


@lru_cache(maxsize=64)
def get_installed(record: Record, plugins: tuple[Path, ...]) -> Installed:
    """Return what is installed for a recorded recipe; a class often shares one."""
    recipe = find_recipe(record, plugins)
    return Installed(
        recipe.task.manifest.name, installed_versions(recipe), tag(compose(recipe))
    )


def get_status_or_error(folder: Path, plugins: Sequence[Path] = ()) -> ProjectStatus:
    """Return how a project stands, also if nothing can be said but what is wrong."""
    try:
        return get_status(folder, plugins)
    except Exception as error:  # whatever is wrong with it, the others come next
        return ProjectStatus(folder, "", {}, {}, "broken", " ".join(str(error).split()))
