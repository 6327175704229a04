"""Checks that an update cannot overwrite files that Git does not restore."""

from pathlib import Path

from scaffold.errors import ProjectError
from scaffold.project.git import git
from scaffold.update.journal import check_no_pending_update
from scaffold.update.merge import Row
from scaffold.update.repository import (
    Repository,
    Tracked,
    list_changed,
    open_repository,
    split_nul,
    wait_for_lock,
)
from scaffold.update.worktree import find_obstacle

IN_PROGRESS = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "rebase-merge", "rebase-apply")


def open_clean_repository(folder: Path) -> Repository:
    """Return the repository of a project that can be updated, else raise an error."""
    repository = open_repository(folder)
    check_no_pending_update(repository)
    wait_for_lock(repository)
    check_clean(repository)
    return repository


def check_clean(repository: Repository) -> None:
    """Raise ProjectError if tracked files of the project have uncommitted changes."""
    for name in IN_PROGRESS:
        if (repository.git_dir / name).exists():
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

    Git does not restore untracked and ignored files, and considers files unchanged that
    are marked as such.
    """
    changed = [row for row in rows if row.changed]
    replaceable = {row.path for row in rows if row.ours and row.ours != row.result}
    for row in rows:
        if row.result is None or row.result == row.ours:
            continue
        obstacle = find_obstacle(repository.folder, row.path, replaceable)
        if obstacle:
            then = "commit" if obstacle in tracked else "try again"
            raise ProjectError(
                f"{row.path} comes from the template, but your file {obstacle} is "
                f"in its place; rename or remove it, and {then}"
            )
    check_index_flags(repository, [row.path for row in changed])


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
