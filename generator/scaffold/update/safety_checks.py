"""Checks that an update cannot overwrite files that Git does not restore."""

import unicodedata
from collections.abc import Iterable, Iterator

from scaffold.errors import ProjectError
from scaffold.project.git import git
from scaffold.update.merge import Row
from scaffold.update.repository import (
    Repository,
    Tracked,
    list_changed,
    list_untracked,
    split_nul,
)

IN_PROGRESS = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "rebase-merge", "rebase-apply")


def check_clean(repository: Repository) -> None:
    """Raise ProjectError if tracked files of the project have uncommitted changes."""
    for name in IN_PROGRESS:
        path = git("rev-parse", "--git-path", name, folder=repository.folder)
        if (repository.folder / path.decode().rstrip("\n")).exists():
            raise ProjectError(
                f"{repository.folder}: a merge or rebase is in progress ({name}); "
                "finish it, and try again"
            )
    changed = list_changed(repository)
    if changed:
        more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        raise ProjectError(
            f"{repository.folder} has uncommitted changes: {changed[0]}"
            f"{more}; commit them, or run git stash, and try again"
        )


def check_no_overwrite(
    repository: Repository, tracked: dict[str, Tracked], rows: list[Row]
) -> None:
    """Raise ProjectError if an update would overwrite a file that is not committed.

    Git overwrites ignored files silently, and considers files unchanged that are marked
    as such. Paths are compared case-insensitively, like some file systems do.
    """
    changed = [row for row in rows if row.changed]
    removed = {row.path for row in changed if row.result is None}
    others = list_untracked(repository)
    existing = {
        casefold_path(path): path for path in (*others, *(tracked.keys() - removed))
    }
    folders = {
        parent: path
        for path in existing.values()
        for parent in parent_folders(casefold_path(path))
    }
    for row in changed:
        key = casefold_path(row.path)
        blocking = [
            existing[parent] for parent in parent_folders(key) if parent in existing
        ]
        blocking += [folders[key]] if key in folders and row.result else []
        blocking += [existing[key]] if existing.get(key, row.path) != row.path else []
        blocking += [row.path] if row.path in others else []
        if blocking:
            then = "commit" if blocking[0] in tracked else "try again"
            raise ProjectError(
                f"{row.path} comes from the template, but your file {blocking[0]} is "
                f"in its place; rename or remove it, and {then}"
            )
    check_index_flags(repository, [row.path for row in changed])


def check_restorable(repository: Repository, paths: Iterable[str]) -> None:
    """Raise ProjectError if restoring `paths` would overwrite untracked files."""
    others = list_untracked(repository)
    existing = {casefold_path(path): path for path in others}
    folders = {
        parent: path
        for path in others
        for parent in parent_folders(casefold_path(path))
    }
    for path in paths:
        key = casefold_path(path)
        blocking = [
            existing[parent] for parent in parent_folders(key) if parent in existing
        ]
        blocking += [folders[key]] if key in folders else []
        blocking += (
            [path] if (repository.folder / path).is_dir() and key in existing else []
        )
        if blocking:
            raise ProjectError(
                f"cannot restore {path}: your file {blocking[0]} is in its place; move "
                "it, and try again"
            )


def check_index_flags(repository: Repository, paths: list[str]) -> None:
    """Raise ProjectError if a path is sparse, assumed unchanged or filtered in Git."""
    flags = {
        path: flag
        for flag, path in (
            entry.split(" ", 1)
            for entry in split_nul(
                git("ls-files", "-v", "-z", folder=repository.folder)
            )
        )
    }
    listed = "".join(f"{path}\0" for path in paths).encode()
    look = ("check-attr", "-z", "--stdin", "filter")
    fields = list(split_nul(git(*look, folder=repository.folder, data=listed)))
    filters = dict(zip(fields[::3], fields[2::3], strict=True))
    for path in paths:
        if flags.get(path, "H") == "S":
            hint = (
                "include it with git sparse-checkout, or, if you marked it by hand, "
                f"run git update-index --no-skip-worktree {path}"
            )
            raise ProjectError(
                f"{path} is not in the working tree (skip-worktree); {hint}"
            )
        if flags.get(path, "H").islower():
            hint = f"run git update-index --no-assume-unchanged {path}, and try again"
            raise ProjectError(f"{path} is marked assume-unchanged; {hint}")
        if filters.get(path, "unspecified") not in {"unspecified", "unset"}:
            hint = "exempt it in .gitattributes (-filter), commit, and try again"
            raise ProjectError(f"{path} has the Git filter {filters[path]}; {hint}")


def casefold_path(path: str) -> str:
    """Return a path for comparison on case-insensitive, normalizing file systems."""
    return unicodedata.normalize("NFC", path).casefold()


def parent_folders(path: str) -> Iterator[str]:
    """Yield the parent folders of a path, from the innermost."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path
