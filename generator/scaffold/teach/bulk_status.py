"""The status of one project, or of all projects of a course or team."""

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

# Folders that can be large and contain no projects.
SKIPPED_FOLDERS = frozenset({".git", ".venv", "venv", "node_modules", "__pycache__"})


class ProjectStatus(NamedTuple):
    """Versions and state of a project."""

    path: Path
    task: str
    before: dict[str, str]  # versions
    after: dict[str, str]
    state: Literal["current", "behind", "broken"]
    reason: str  # the error message, if broken
    pending: bool = False  # whether it has an uncommitted update


def find_projects(folder: Path) -> Iterator[Path]:
    """Yield the folders of all projects in a folder and below, sorted."""
    for home, folders, files in os.walk(folder):
        folders[:] = sorted(set(folders) - SKIPPED_FOLDERS)
        if ANSWERS in files:
            yield Path(home)


def get_status(folder: Path, plugins: Sequence[Path] = ()) -> ProjectStatus:
    """Return the status of a project; raise like `open_project` and `find_recipe`."""
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
    """The installed task, versions and template tag for a recipe."""

    task: str
    versions: dict[str, str]
    tag: str


@lru_cache(maxsize=64)
def get_installed(record: Record, plugins: tuple[Path, ...]) -> Installed:
    """Return what is installed for a recipe; cached for projects of one recipe."""
    recipe = find_recipe(record, plugins)
    return Installed(
        recipe.task.manifest.name, installed_versions(recipe), tag(compose(recipe))
    )


def get_status_or_error(folder: Path, plugins: Sequence[Path] = ()) -> ProjectStatus:
    """Return the status of a project, with state "broken" after an error."""
    try:
        return get_status(folder, plugins)
    except Exception as error:  # an error in one project must not stop the others
        return ProjectStatus(folder, "", {}, {}, "broken", " ".join(str(error).split()))
