"""Give back files of a project as the template has them."""

import os
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from scaffold.catalog.plugins import suggest
from scaffold.errors import ArgumentError, GitError, ProjectError
from scaffold.project.local_changes import read_if_file, with_line_endings_of
from scaffold.project.project_state import ANSWERS, ExistingProject, render_original
from scaffold.tree import File
from scaffold.update.repository import list_changed, list_tracked, open_repository
from scaffold.update.worktree import WorktreeFile, find_obstacle, put_file


class Restored(NamedTuple):
    """A file of the template, and the one in the project; None if there is none."""

    path: str
    before: File | None
    after: File


def find_home(path: Path) -> Path:
    """Return the project that a file, which may be missing, belongs to."""
    place = Path(os.path.normpath(path.absolute()))
    for folder in (place, *place.parents):
        if (folder / ANSWERS).exists():
            return folder
    raise ProjectError(f"{path} is not in a scaffold project")


def plan_restore(project: ExistingProject, paths: Sequence[Path]) -> list[Restored]:
    """Return the files to restore: those of `paths`, or below, that are different.

    Raises ArgumentError for a path that the template does not have.
    """
    original = render_original(project)
    chosen = [p for path in paths for p in select(project.folder, path, original)]
    found = []
    for path in dict.fromkeys(chosen):
        now = read_if_file(project.folder / path)
        wanted = with_line_endings_of(original[path], now)
        if now is None or now.data != wanted.data:
            found.append(Restored(path, now, wanted))
    return found


def select(folder: Path, path: Path, original: Mapping[str, File]) -> list[str]:
    """Return the files of the template at a path, or below it."""
    place = os.path.relpath(os.path.normpath(path.absolute()), folder.absolute())
    name = Path(place).as_posix()
    inside = "" if name == "." else f"{name}/"
    chosen = [p for p in original if p == name or p.startswith(inside)]
    if not chosen:
        known = suggest(name, list(original))
        raise ArgumentError(f"{path} is not a file of the template; {known}")
    return chosen


def check_committed(folder: Path, plan: Sequence[Restored]) -> None:
    """Raise ProjectError if a file would be replaced that Git cannot give back."""
    replaced = [restored.path for restored in plan if restored.before]
    try:
        repository = open_repository(folder)
        unsafe = {*list_changed(repository)} | {*replaced} - {*list_tracked(repository)}
    except (GitError, ProjectError):  # no repository, or nothing committed
        unsafe = set(replaced)
    for path in replaced:
        if path in unsafe:
            raise ProjectError(
                f"{folder / path} has changes that are not committed; commit them, or "
                "replace them with --force"
            )


def write_restored(folder: Path, plan: Sequence[Restored]) -> None:
    """Write the files of a plan, each completely or not at all."""
    for path, _, _ in plan:
        if obstacle := find_obstacle(folder, path, {path}):
            raise ProjectError(
                f"{path} cannot be restored: your file {obstacle} is in its place; "
                "move it, and try again"
            )
    for path, before, after in plan:
        place = folder / path
        mode = stat.S_IFREG | (0o755 if after.executable else 0o644)
        mode = place.lstat().st_mode if before else mode
        put_file(folder, path, WorktreeFile(mode, after.data))
