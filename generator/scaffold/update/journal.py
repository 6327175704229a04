"""The journal of an update: records every file, so that the update can be undone."""

import os
import time
from contextlib import suppress
from pathlib import Path

import msgspec

from scaffold.errors import GitError, ProjectError
from scaffold.project.bundle import split_objects
from scaffold.project.git import git, run_git
from scaffold.update.repository import (
    Repository,
    list_changed,
    list_tracked,
    write_index,
)
from scaffold.update.safety_checks import check_restorable

LOCK_TIMEOUT_S = 3.0  # how long to wait for another Git process


class JournalEntry(msgspec.Struct, frozen=True):
    """A file of an update: mode and ID before and after it, "" if there is none.

    `disk` is the ID of its exact bytes before the update: a checkout of `before` can
    differ from them, for example in line endings.
    """

    path: str
    before: str
    after: str
    disk: str = ""


class Journal(msgspec.Struct, frozen=True):
    """An update in progress, or one that is not committed yet."""

    head: str  # the commit to go back to
    steps: list[JournalEntry]
    done: bool = False  # whether it was applied completely


def write_journal(repository: Repository, journal: Journal) -> None:
    """Write the journal durably: it survives a power failure."""
    temporary = temporary_path(repository)
    try:
        with temporary.open("wb") as file:
            file.write(msgspec.json.encode(journal))
            file.flush()
            os.fsync(file.fileno())
    except OSError:  # a full disk
        temporary.unlink(missing_ok=True)
        raise
    temporary.replace(repository.journal)


def temporary_path(repository: Repository) -> Path:
    """Return the path to which a journal is written before it is renamed."""
    return repository.journal.with_suffix(".tmp")


def read_journal(repository: Repository) -> Journal | None:
    """Return the journal of an update that can be undone, if there is one.

    It can be undone as long as HEAD has all its files as they were before the update.
    """
    try:
        journal = msgspec.json.decode(repository.journal.read_bytes(), type=Journal)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    if journal.head != repository.head:
        tracked = list_tracked(repository)
        for step in journal.steps:
            file = tracked.get(step.path)
            if step.before != (f"{file.mode} {file.id}" if file else ""):
                return None
    return journal


def is_pending(repository: Repository) -> bool:
    """Return whether the project has an uncommitted update."""
    journal = read_journal(repository)
    if journal is None:
        return False
    if not journal.done or set(list_changed(repository, staged=True)) & {
        step.path for step in journal.steps
    }:
        return True
    found = hash_files(repository, journal)
    sides = ((step, step.after.partition(" ")[2]) for step in journal.steps)
    return any(after and found[step] == after for step, after in sides)


def check_no_pending_update(repository: Repository) -> None:
    """Raise ProjectError if the project has an uncommitted update."""
    if is_pending(repository):
        raise ProjectError(
            f"{repository.folder}: an uncommitted update is pending; commit it, or "
            "undo it with scaffold update --abort"
        )


def abort(repository: Repository) -> list[tuple[str, str]]:
    """Undo an uncommitted update.

    Returns path and Git object ID of each file that was edited after the update. Raises
    ProjectError if there is no such update, or if files would be overwritten.
    """
    journal = read_journal(repository)
    temporary_path(repository).unlink(missing_ok=True)
    if not journal or not is_pending(repository):
        repository.journal.unlink(missing_ok=True)
        raise ProjectError(
            f"{repository.folder} has no uncommitted update; to undo a committed one, "
            "run git revert"
        )
    check_restorable(repository, [step.path for step in journal.steps])
    clear_lock(repository, journal)
    # If this process is killed, a remaining lock is recognized as its own.
    write_journal(repository, msgspec.structs.replace(journal, done=False))
    found = hash_files(repository, journal)
    restore(repository, journal, journal.steps)
    edited = [step for step in journal.steps if was_edited(step, found[step])]
    return [(step.path, found[step]) for step in edited]


def roll_back(repository: Repository, journal: Journal) -> None:
    """Undo a partly applied update; files that were edited meanwhile are kept."""
    clear_lock(repository, journal)
    found = hash_files(repository, journal)
    ours = [step for step in journal.steps if not was_edited(step, found[step])]
    restore(repository, journal, ours)


def hash_files(repository: Repository, journal: Journal) -> dict[JournalEntry, str]:
    """Store the current files of a journal in Git; return their IDs, "" for none."""
    paths = {step: repository.folder / step.path for step in journal.steps}
    present = [
        s for s, path in paths.items() if path.is_file() and not path.is_symlink()
    ]
    # These paths are relative to the root of the repository.
    listed = "".join(f"{repository.prefix}{step.path}\n" for step in present).encode()
    write = ("hash-object", "-w", "--stdin-paths")
    ids = git(*write, folder=repository.folder, data=listed).decode().split()
    return dict.fromkeys(journal.steps, "") | dict(zip(present, ids, strict=True))


def was_edited(step: JournalEntry, found: str) -> bool:
    """Return whether a file differs from both its old and its updated content."""
    sides = (step.before, step.after)
    return bool(found) and all(found != side.partition(" ")[2] for side in sides)


def restore(
    repository: Repository, journal: Journal, steps: list[JournalEntry]
) -> None:
    """Restore the index and the files of `steps`, then delete the journal."""
    entries = []
    for step in journal.steps:
        entries.append(f"{repository.removal}\t{step.path}")
        if step.before:
            entries.append(f"{step.before}\t{step.path}")
    write_index(repository, entries)
    for step in steps:
        if not step.before:
            remove(repository.folder, step.path)
    listed = "".join(f"{step.path}\0" for step in steps if step.before).encode()
    out = ("checkout-index", "--force", "-z", "--stdin")
    git(*out, folder=repository.folder, data=listed)
    restore_bytes(repository, [step for step in steps if step.disk])
    # Refresh last: with other line endings, the recorded file sizes differ.
    run_git("update-index", "--refresh", "-q", folder=repository.folder)
    repository.journal.unlink()


def restore_bytes(repository: Repository, steps: list[JournalEntry]) -> None:
    """Restore the exact bytes of files if the checkout differs from them."""
    listed = "".join(f"{step.disk}\n" for step in steps).encode()
    show = ("cat-file", "--batch")
    found = split_objects(git(*show, folder=repository.folder, data=listed))
    for step in steps:
        path = repository.folder / step.path
        if path.read_bytes() != found[step.disk]:
            path.write_bytes(found[step.disk])


def clear_lock(repository: Repository, journal: Journal) -> None:
    """Wait for the index lock; remove it if a killed update has left it.

    Raises GitError if it belongs to another process.
    """
    end = time.monotonic() + LOCK_TIMEOUT_S
    while repository.lock.exists() and time.monotonic() < end:
        time.sleep(0.05)
    if repository.lock.exists() and journal.done:
        raise lock_error(repository)
    repository.lock.unlink(missing_ok=True)


def lock_error(repository: Repository) -> GitError:
    """Return the error for a locked repository."""
    advice = "wait for it, or remove the file if it was killed, and try again"
    return GitError(f"another Git process holds {repository.lock}; {advice}")


def remove(folder: Path, path: str) -> None:
    """Remove a file that an update added, and folders that are empty then."""
    with suppress(OSError):
        (folder / path).unlink()
        for above in (folder / path).parents:
            if above == folder:
                return
            above.rmdir()
