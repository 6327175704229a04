"""The status of one project, or of all projects of a class or team."""

import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from scaffold.compose.composition import compose
from scaffold.compose.recipe import Record
from scaffold.errors import ProjectError, one_line
from scaffold.project.bundle import BUNDLE
from scaffold.project.git import JOURNAL_PATTERN
from scaffold.project.project_state import ANSWERS, ExistingProject, open_project
from scaffold.project.published import Reach
from scaffold.project.recipe_lookup import find_recipe, installed_versions
from scaffold.teach.scan import SKIPPED_FOLDERS, Exercise, Scan, scan
from scaffold.tree import tree_id


class ProjectStatus(NamedTuple):
    """Versions and state of a project."""

    path: Path
    task: str
    before: dict[str, str]  # versions
    after: dict[str, str]
    state: Literal["current", "behind", "broken"]
    reason: str  # the error message, if broken
    pending: bool = False  # whether it has an uncommitted update
    published: bool = False  # whether its template is in a repository, for Copier
    found: Scan = Scan([], [])

    @property
    def exercises(self) -> list[Exercise]:
        """The exercises of the project, in order."""
        return self.found.exercises

    def count(self, state: str) -> int:
        """Return the number of exercises in a state."""
        return sum(exercise.state == state for exercise in self.exercises)


def find_projects(folder: Path) -> list[Path]:
    """Return the folders of all projects in a folder and below, in order.

    A folder directly in `folder` without any project counts as a broken one. Raises
    ProjectError if there is no project at all.
    """
    if (folder / ANSWERS).exists():
        return [folder]
    homes = []
    for path in subfolders(folder):
        homes += projects_below(path) or [path]
    if not any((home / ANSWERS).exists() for home in homes):
        raise ProjectError(
            f"no scaffold project in {folder} or below; name another folder"
        )
    return homes


def projects_below(folder: Path) -> list[Path]:
    """Return the projects in a folder and below, also those without answers file."""
    if (folder / ANSWERS).exists():
        return [folder]
    found = [home for path in subfolders(folder) for home in projects_below(path)]
    broken = any((folder / name).exists() for name in (".git", ".scaffold"))
    return found or ([folder] if broken else [])


def subfolders(folder: Path) -> list[Path]:
    """Return the folders in a folder that can contain projects, in order."""
    with os.scandir(folder) as entries:
        names = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    return [
        folder / name
        for name in sorted(set(names) - SKIPPED_FOLDERS)
        if not name.startswith(".")
    ]


def get_status(
    folder: Path, plugins: Sequence[Path] = (), reach: Reach = "local"
) -> ProjectStatus:
    """Return the status of a project; raise like `open_project` and `find_recipe`."""
    project = open_project(folder, reach)
    return compare(project, plugins, scan(project))


def compare(
    project: ExistingProject, plugins: Sequence[Path], found: Scan
) -> ProjectStatus:
    """Compare a project with what is installed, or with its published template."""
    published = project.source != BUNDLE
    if published:
        latest = get_published(project)
        same = latest.id == tree_id(project.template)
    else:
        latest = get_installed(project.record, tuple(plugins))
        same = project.tag.rpartition("+")[2] == latest.id[:12]
    state: Literal["current", "behind"] = "current" if same else "behind"
    before, after = project.versions, latest.versions
    pending = has_pending_update(project.folder)
    path, task = project.folder, latest.task
    return ProjectStatus(
        path, task, before, after, state, "", pending, published, found
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


class Latest(NamedTuple):
    """The latest task, versions and template, as the ID of its tree."""

    task: str
    versions: dict[str, str]
    id: str


@lru_cache(maxsize=64)
def get_installed(record: Record, plugins: tuple[Path, ...]) -> Latest:
    """Return what is installed for a recipe; cached for projects of one recipe."""
    recipe = find_recipe(record, plugins)
    return Latest(
        recipe.task.manifest.name, installed_versions(recipe), tree_id(compose(recipe))
    )


def get_published(project: ExistingProject) -> Latest:
    """Return the newest version in the repository that a project names."""
    template = list(project.available.values())[-1]
    return Latest(project.newest.task.name, project.newest.versions, tree_id(template))


def get_status_or_error(
    folder: Path, plugins: Sequence[Path] = (), reach: Reach = "local"
) -> ProjectStatus:
    """Return the status of a project, with state "broken" after an error."""
    task, versions, found = "", dict[str, str](), Scan([], [])
    try:
        project = open_project(folder, reach)
        task, versions, found = project.task, project.versions, scan(project)
        return compare(project, plugins, found)
    except Exception as error:  # an error in one project must not stop the others
        reason = one_line(error)
        return ProjectStatus(folder, task, versions, {}, "broken", reason, found=found)
