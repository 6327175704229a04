"""The journal of an update: records every file, so that the update can be undone."""

import os
from pathlib import Path

import msgspec

from scaffold.errors import ProjectError
from scaffold.tree import object_id
from scaffold.update.repository import Repository, list_changed, list_tracked
from scaffold.update.worktree import WorktreeFile, read_file


class JournalEntry(msgspec.Struct, frozen=True):
    """A file of an update, before and after it; "" stands for no file.

    `before` and `after` are mode and ID in the index. The exact bytes in the working
    tree can differ from those, for example in line endings: `disk` is their mode and ID
    before the update, `written` their ID after it.
    """

    path: str
    before: str
    after: str
    disk: str
    written: str

    def was_edited(self, found: str) -> bool:
        """Return whether a file with the ID `found` is from neither side."""
        return bool(found) and found not in {self.disk.partition(" ")[2], self.written}


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
        temporary.replace(repository.journal)
    except OSError:  # a full disk
        temporary.unlink(missing_ok=True)
        raise


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
    return any(
        step.written and step.written == find_id(repository, step.path)
        for step in journal.steps
        if step.written != step.disk.partition(" ")[2]
    )


def find_id(repository: Repository, path: str) -> str:
    """Return the ID of a file in the working tree, "" if there is none."""
    file = read_file(repository.folder / path)
    return file_id(repository, file) if file else ""


def file_id(repository: Repository, file: WorktreeFile) -> str:
    """Return the ID that Git gives to the exact content of a file."""
    algorithm = "sha1" if len(repository.head) == 40 else "sha256"
    return object_id("blob", file.data, algorithm).hex()


def check_no_pending_update(repository: Repository) -> None:
    """Raise ProjectError if the project has an uncommitted update."""
    if is_pending(repository):
        raise ProjectError(
            f"{repository.folder}: an uncommitted update is pending; commit it, or "
            "undo it with scaffold update --abort"
        )
