"""The journal of an update: every file with what it was, and the way back."""

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
    check_restorable,
    list_changed,
    list_tracked,
    write_index,
)

LOCK_TIMEOUT_S = 3.0  # seconds for which a Git that works on the index is waited for


class JournalEntry(msgspec.Struct, frozen=True):
    """A file of the journal: mode and id before the update and after it, or "".

    `disk` is the id of the file before, byte for byte: Git may write `before` in
    another way, such as with other line ends.
    """

    path: str
    before: str
    after: str
    disk: str = ""


class Journal(msgspec.Struct, frozen=True):
    """An update that is under way, or waits for its owner to commit it."""

    head: str  # the commit that it goes back to
    steps: list[JournalEntry]
    done: bool = False  # whether the move has ended


def write_journal(repository: Repository, journal: Journal) -> None:
    """Write the journal, so that after this it survives even a loss of power."""
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
    """Return where a journal lies while it is written."""
    return repository.journal.with_suffix(".tmp")


def read_journal(repository: Repository) -> Journal | None:
    """Return the journal of an update that can still be taken back, if there is one.

    It can as long as the last commit has each file as it was before the update.
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
    """Return whether an update is in the project that was not committed."""
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
    """Raise ProjectError if an update waits for its owner to commit it."""
    if is_pending(repository):
        raise ProjectError(
            f"{repository.folder}: an update waits to be looked at; keep it with git "
            "add and git commit, or put everything back with scaffold update --abort"
        )


def abort(repository: Repository) -> list[tuple[str, str]]:
    """Put a project back as it was before an update that is not committed.

    Returns path and id of each file that was edited since; Git keeps it under that id.
    Raises ProjectError if there is no such update, or if a file is in the way.
    """
    journal = read_journal(repository)
    temporary_path(repository).unlink(missing_ok=True)
    if not journal or not is_pending(repository):
        repository.journal.unlink(missing_ok=True)
        raise ProjectError(
            f"{repository.folder} has no update to take back: there was none, or it "
            "was committed (git revert takes back a commit)"
        )
    check_restorable(repository, [step.path for step in journal.steps])
    clear_lock(repository, journal)
    # Should this be killed, then a lock that stays is ours.
    write_journal(repository, msgspec.structs.replace(journal, done=False))
    found = hash_files(repository, journal)
    restore(repository, journal, journal.steps)
    edited = [step for step in journal.steps if was_edited(step, found[step])]
    return [(step.path, found[step]) for step in edited]


def roll_back(repository: Repository, journal: Journal) -> None:
    """Undo a move that failed halfway; a file that was edited meanwhile stays."""
    clear_lock(repository, journal)
    found = hash_files(repository, journal)
    ours = [step for step in journal.steps if not was_edited(step, found[step])]
    restore(repository, journal, ours)


def hash_files(repository: Repository, journal: Journal) -> dict[JournalEntry, str]:
    """Store every file of a journal as it is now; return the ids, "" where none is."""
    paths = {step: repository.folder / step.path for step in journal.steps}
    present = [
        s for s, path in paths.items() if path.is_file() and not path.is_symlink()
    ]
    # Git counts these paths from the top of the repository, whatever the folder.
    listed = "".join(f"{repository.prefix}{step.path}\n" for step in present).encode()
    write = ("hash-object", "-w", "--stdin-paths")
    ids = git(*write, folder=repository.folder, data=listed).decode().split()
    return dict.fromkeys(journal.steps, "") | dict(zip(present, ids, strict=True))


def was_edited(step: JournalEntry, found: str) -> bool:
    """Return whether a file is neither as it was nor as the update left it."""
    sides = (step.before, step.after)
    return bool(found) and all(found != side.partition(" ")[2] for side in sides)


def restore(
    repository: Repository, journal: Journal, steps: list[JournalEntry]
) -> None:
    """Take back the index, and the files of `steps`; then forget the journal."""
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
    # Only now does the index take in sizes: Git goes by those of other line ends.
    run_git("update-index", "--refresh", "-q", folder=repository.folder)
    repository.journal.unlink()


def restore_bytes(repository: Repository, steps: list[JournalEntry]) -> None:
    """Write files byte for byte as they were, where Git did it in another way."""
    listed = "".join(f"{step.disk}\n" for step in steps).encode()
    show = ("cat-file", "--batch")
    found = split_objects(git(*show, folder=repository.folder, data=listed))
    for step in steps:
        path = repository.folder / step.path
        if path.read_bytes() != found[step.disk]:
            path.write_bytes(found[step.disk])


def clear_lock(repository: Repository, journal: Journal) -> None:
    """Wait until no Git works on the index; remove the lock of a move that was killed.

    Raises GitError if it is the lock of somebody else.
    """
    end = time.monotonic() + LOCK_TIMEOUT_S
    while repository.lock.exists() and time.monotonic() < end:
        time.sleep(0.05)
    if repository.lock.exists() and journal.done:
        raise lock_error(repository)
    repository.lock.unlink(missing_ok=True)


def lock_error(repository: Repository) -> GitError:
    """Return the error for a repository in which another Git is at work."""
    advice = "let it end, or remove that file if it was killed, and try again"
    return GitError(f"another Git works here, by {repository.lock}; {advice}")


def remove(folder: Path, path: str) -> None:
    """Remove a file that an update added, and the folders that this leaves empty."""
    with suppress(OSError):
        (folder / path).unlink()
        for above in (folder / path).parents:
            if above == folder:
                return
            above.rmdir()
