"""Undo an update: one that failed, or one that is not committed yet."""

from collections.abc import Iterable

import msgspec

from scaffold.errors import GitError, ProjectError
from scaffold.update.exclusive import deferred_signals, locked
from scaffold.update.journal import (
    Journal,
    JournalEntry,
    find_id,
    is_pending,
    read_journal,
    temporary_path,
    write_journal,
)
from scaffold.update.repository import (
    Repository,
    list_index,
    read_objects,
    refresh_index,
    store_objects,
    wait_for_lock,
    write_index,
)
from scaffold.update.worktree import (
    TEMPORARY,
    WorktreeFile,
    find_obstacle,
    put_file,
    read_file,
    remove_file,
)


def abort(repository: Repository) -> list[tuple[str, str]]:
    """Undo an uncommitted update.

    Returns path and Git object ID of each file that was edited after the update. Raises
    ProjectError if there is no such update, or if files of the user are in the place of
    some; all others are restored then.
    """
    with locked(repository), deferred_signals():
        journal = read_journal(repository)
        temporary_path(repository).unlink(missing_ok=True)
        if not journal or not is_pending(repository):
            repository.journal.unlink(missing_ok=True)
            raise ProjectError(
                f"{repository.folder} has no uncommitted update; to undo a committed "
                "one, run git revert"
            )
        clear_lock(repository, journal)
        try:
            edited = store_edits(repository, journal)
            # If this process is killed, a remaining lock is recognized as its own.
            write_journal(repository, msgspec.structs.replace(journal, done=False))
            restore(repository, journal, journal.steps)
        except (OSError, GitError) as error:
            raise ProjectError(
                f"{repository.folder}: the update is not undone completely "
                f"({describe(error)}); run scaffold update --abort again"
            ) from error
    return edited


def store_edits(repository: Repository, journal: Journal) -> list[tuple[str, str]]:
    """Store the files that were edited after an update in Git; return path and ID."""
    edited = {}
    for step in journal.steps:
        file = read_file(repository.folder / step.path)
        if file and step.was_edited(find_id(repository, step.path)):
            edited[step.path] = file.data
    return list(zip(edited, store_objects(repository, edited.values()), strict=True))


def roll_back(repository: Repository, journal: Journal, cause: BaseException) -> None:
    """Undo a partly applied update; files that were edited meanwhile are kept.

    Raises ProjectError, and keeps the journal, if that fails.
    """
    try:
        steps = [
            step
            for step in journal.steps
            if not step.was_edited(find_id(repository, step.path))
        ]
        restore(repository, journal, steps)
    except Exception as error:
        raise ProjectError(
            f"{repository.folder}: the update failed ({describe(cause)}) and is not "
            f"undone completely ({describe(error)}); run scaffold update --abort"
        ) from error


def describe(error: BaseException) -> str:
    """Return an error as text, without its number."""
    if isinstance(error, OSError) and error.strerror:
        return ": ".join(filter(None, (error.filename, error.strerror)))
    return str(error) or type(error).__name__


def restore(
    repository: Repository, journal: Journal, steps: list[JournalEntry]
) -> None:
    """Restore the index, and the files of `steps`; delete the journal when all is done.

    Raises ProjectError if files of the user are in the place of some.
    """
    restore_index(repository, journal)
    (repository.folder / TEMPORARY).unlink(missing_ok=True)
    before = read_before(repository, steps)
    blocked = {}
    # Those that the update added can be in the place of others.
    for path in sorted((step.path for step in steps), key=before.__contains__):
        if obstacle := restore_file(repository, path, before.get(path)):
            blocked[path] = obstacle
    refresh_index(repository)
    for path in {step.path for step in steps} - blocked.keys():
        if read_file(repository.folder / path) != before.get(path):
            raise GitError(f"{path} was changed meanwhile")
    if blocked:
        path, obstacle = next(iter(blocked.items()))
        more = f" (and {len(blocked) - 1} more files)" if len(blocked) > 1 else ""
        raise ProjectError(
            f"cannot restore {path}{more}: your file {obstacle} is in its place; all "
            "others are restored; move it, and run scaffold update --abort again"
        )
    repository.journal.unlink(missing_ok=True)


def restore_index(repository: Repository, journal: Journal) -> None:
    """Restore the entries of an update in the index, if they differ."""
    if has_index(repository, journal):
        return
    clear_lock(repository, journal)
    entries = []
    for step in journal.steps:
        entries.append(f"{repository.removal}\t{step.path}")
        if step.before:
            entries.append(f"{step.before}\t{step.path}")
    write_index(repository, entries)
    if not has_index(repository, journal):
        raise GitError(f"the index of {repository.folder} was changed meanwhile")


def has_index(repository: Repository, journal: Journal) -> bool:
    """Return whether the index has the files of an update as they were before it."""
    listed = list_index(repository)
    return all(
        listed.get(step.path, "") == (f"{step.before} 0" if step.before else "")
        for step in journal.steps
    )


def read_before(
    repository: Repository, steps: Iterable[JournalEntry]
) -> dict[str, WorktreeFile]:
    """Return the files of an update as they were before it, by path."""
    recorded = {step.path: step.disk.split(" ") for step in steps if step.disk}
    found = read_objects(repository, {name for _, name in recorded.values()})
    return {
        path: WorktreeFile(int(mode, 8), found[name])
        for path, (mode, name) in recorded.items()
    }


def restore_file(
    repository: Repository, path: str, before: WorktreeFile | None
) -> str | None:
    """Restore one file; return the file that prevents it, if there is one."""
    differs = read_file(repository.folder / path) != before
    if differs and (obstacle := find_obstacle(repository.folder, path, {path})):
        return obstacle
    if before is None:
        remove_file(repository.folder, path)
    elif differs:
        put_file(repository.folder, path, before)
    return None


def clear_lock(repository: Repository, journal: Journal) -> None:
    """Wait for the lock of the index; remove it if a killed update has left it.

    Raises GitError if it belongs to another process.
    """
    try:
        wait_for_lock(repository)
    except GitError:
        if journal.done:
            raise
        repository.lock.unlink(missing_ok=True)
