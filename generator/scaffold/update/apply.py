"""Apply a plan to the project: first to the index, then to the files, one by one.

Before that, every file is recorded in a journal, with its old and its new content. The
update can be undone from it at any time.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec

from scaffold.errors import ProjectError
from scaffold.project.blobs import SUBMODULE, Blob, is_regular_file
from scaffold.project.git import git
from scaffold.update.exclusive import deferred_signals, locked, raise_deferred_signals
from scaffold.update.journal import Journal, JournalEntry, file_id, write_journal
from scaffold.update.merge import Row
from scaffold.update.plan import Plan
from scaffold.update.repository import (
    Repository,
    Tracked,
    open_repository,
    refresh_index,
    store_objects,
    wait_for_lock,
    write_index,
)
from scaffold.update.safety_checks import check_clean, check_no_overwrite
from scaffold.update.undo import describe, roll_back
from scaffold.update.worktree import WorktreeFile, put_file, read_file, remove_file


class Change(NamedTuple):
    """A row of a plan, and its file in the working tree before and after."""

    row: Row
    before: WorktreeFile | None
    after: WorktreeFile | None


def apply(repository: Repository, tracked: dict[str, Tracked], plan: Plan) -> None:
    """Apply a plan to working tree and index, without a commit.

    Conflicts are unmerged entries in the index. Raises ProjectError or GitError, and
    changes nothing, if the project has changed since the plan was made.
    """
    try:
        with locked(repository):
            check_unchanged(repository, tracked, plan.rows)
            ids, changes = prepare(repository, plan.rows)
            wait_for_lock(repository)
            with deferred_signals(), copied_files(repository.folder, plan.files):
                write_changes(repository, changes, ids)
    except OSError as error:
        raise ProjectError(
            f"{repository.folder}: {describe(error)}; nothing was changed"
        ) from error


def check_unchanged(
    repository: Repository, tracked: dict[str, Tracked], rows: list[Row]
) -> None:
    """Raise ProjectError unless the project is as when the plan was made."""
    if open_repository(repository.folder).head != repository.head:
        raise ProjectError(
            f"{repository.folder}: a commit was made meanwhile; try again"
        )
    check_clean(repository)
    check_no_overwrite(repository, tracked, rows)


def prepare(
    repository: Repository, rows: list[Row]
) -> tuple[dict[bytes, str], list[Change]]:
    """Store all contents in Git; return their IDs, and the files before and after."""
    rows = [row for row in rows if row.changed]
    before = [read_file(repository.folder / row.path) for row in rows]
    ids = store_blobs(repository, rows, before)
    results = checkout_results(repository, rows, ids)
    pairs = zip(rows, before, strict=True)
    return ids, [
        Change(row, file, choose_file(row, file, results)) for row, file in pairs
    ]


def store_blobs(
    repository: Repository, rows: list[Row], before: list[WorktreeFile | None]
) -> dict[bytes, str]:
    """Store the sides of rows, and the files before the update, in Git; return IDs."""
    sides = [side for row in rows for side in row.sides if side]
    contents = {side.data for side in sides if side.mode != SUBMODULE}
    contents |= {file.data for file in before if file}
    ids = store_objects(repository, contents)
    commits = {
        side.data: side.data.decode() for side in sides if side.mode == SUBMODULE
    }
    return commits | dict(zip(contents, ids, strict=True))


def index_entry(blob: Blob | None, ids: dict[bytes, str]) -> str:
    """Return mode and ID of a blob for the index; "" if there is none."""
    return f"{blob.mode} {ids[blob.data]}" if blob else ""


def checkout_results(
    repository: Repository, rows: list[Row], ids: dict[bytes, str]
) -> dict[str, WorktreeFile]:
    """Return the results of rows as Git would check them out.

    Line endings depend on the attributes in the updated project, and on the
    configuration; permissions on the umask.
    """
    with tempfile.TemporaryDirectory(prefix="scaffold-") as scratch:
        env = {"GIT_INDEX_FILE": f"{scratch}/index"}
        git("read-tree", "HEAD", folder=repository.folder, extra=env)
        entries = [
            f"{index_entry(row.result, ids) or repository.removal}\t{row.path}"
            for row in rows
        ]
        write_index(repository, entries, env)
        paths = [row.path for row in rows if is_regular_file(row.result)]
        out = ("checkout-index", f"--prefix={scratch}/files/", "-z", "--stdin")
        listed = "".join(f"{path}\0" for path in paths).encode()
        git(*out, folder=repository.folder, data=listed, extra=env)
        root = Path(scratch, "files", repository.prefix)
        found = {path: read_file(root / path) for path in paths}
    return {path: file for path, file in found.items() if file}


def choose_file(
    row: Row, before: WorktreeFile | None, results: dict[str, WorktreeFile]
) -> WorktreeFile | None:
    """Return the file of a row after the update.

    Permissions stay as they are, unless the template changed the executable bit.
    """
    if row.result == row.ours:
        return before
    after = results.get(row.path)
    same_mode = row.ours and row.result and row.ours.mode == row.result.mode
    return after._replace(mode=before.mode) if after and before and same_mode else after


def write_changes(
    repository: Repository, changes: list[Change], ids: dict[bytes, str]
) -> None:
    """Write the journal, the index and the files; undo all of it if one fails."""
    if not changes:  # only files of the user are copied
        return
    journal = Journal(repository.head, [to_step(repository, c, ids) for c in changes])
    try:
        write_journal(repository, journal)
        entries = [
            entry for c in changes for entry in index_entries(repository, c, ids)
        ]
        write_index(repository, entries)
        # A file that is removed can be in the place of a new folder.
        for change in sorted(changes, key=lambda change: bool(change.after)):
            write_change(repository.folder, change)
        refresh_index(repository)
        raise_deferred_signals()
        write_journal(repository, msgspec.structs.replace(journal, done=True))
    except BaseException as error:
        roll_back(repository, journal, error)
        raise


def to_step(
    repository: Repository, change: Change, ids: dict[bytes, str]
) -> JournalEntry:
    """Return the journal entry of a change."""
    row, before, after = change
    return JournalEntry(
        row.path,
        index_entry(row.ours, ids),
        index_entry(row.result, ids),
        f"{before.mode:o} {ids[before.data]}" if before else "",
        file_id(repository, after) if after else "",
    )


def index_entries(
    repository: Repository, change: Change, ids: dict[bytes, str]
) -> list[str]:
    """Return the index entries of a change; of a conflict, its sides as stages."""
    row = change.row
    if row.kind != "conflict":
        return [f"{index_entry(row.result, ids) or repository.removal}\t{row.path}"]
    sides = enumerate((row.base, row.ours, row.theirs), start=1)
    stages = [f"{index_entry(side, ids)} {n}\t{row.path}" for n, side in sides if side]
    return [f"{repository.removal}\t{row.path}", *stages]


def write_change(folder: Path, change: Change) -> None:
    """Write the file of a change; raise ProjectError if it was edited meanwhile."""
    path = change.row.path
    if change.before == change.after:
        return
    if read_file(folder / path) != change.before:
        raise ProjectError(f"{folder / path} was changed meanwhile; try again")
    if change.after:
        put_file(folder, path, change.after)
    else:
        remove_file(folder, path)


@contextmanager
def copied_files(folder: Path, files: dict[str, Path]) -> Iterator[None]:
    """Copy the user's files into a project; remove them if the block fails."""
    try:
        for path, source in files.items():
            copy_file(source, folder / path)
        yield
    except BaseException:
        for path in files:
            (folder / path).unlink(missing_ok=True)
        raise


def copy_file(source: Path, target: Path) -> None:
    """Copy a file completely or not at all; `target` may be on another file system."""
    target.parent.mkdir(exist_ok=True)
    temporary = target.with_name(f".{target.name}.tmp")
    try:
        shutil.copyfile(source, temporary)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
