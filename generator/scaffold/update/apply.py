"""Apply a plan to the project, with a single `git read-tree`.

Before that, every file is recorded in a journal, with its old and its new content. The
update can be undone from it at any time.
"""

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

import msgspec

from scaffold.errors import ProjectError
from scaffold.project.blobs import SUBMODULE, Blob
from scaffold.project.git import git, run_git
from scaffold.update.journal import (
    Journal,
    JournalEntry,
    lock_error,
    roll_back,
    write_journal,
)
from scaffold.update.merge import Row
from scaffold.update.repository import Repository, Tracked, open_repository, write_index
from scaffold.update.safety_checks import check_clean, check_no_overwrite


def apply(repository: Repository, tracked: dict[str, Tracked], rows: list[Row]) -> None:
    """Apply the result of a plan to working tree and index, without a commit.

    Conflicts are unmerged entries in the index. Raises ProjectError or GitError, and
    changes nothing, if the project has changed since the plan was made.
    """
    changed = [row for row in rows if row.changed]
    with tempfile.TemporaryDirectory(prefix="scaffold-") as scratch:
        disk = {row: read_worktree_blob(repository, row) for row in changed}
        ids = store_blobs(repository, Path(scratch), changed, disk.values())
        steps = [
            JournalEntry(
                row.path,
                index_entry(row.ours, ids),
                index_entry(row.result, ids),
                index_entry(disk[row], ids).partition(" ")[2],
            )
            for row in changed
        ]
        tree = make_tree(repository, Path(scratch) / "index", steps)
    if open_repository(repository.folder).head != repository.head:
        raise ProjectError(
            f"{repository.folder}: a commit was made meanwhile; try again"
        )
    check_clean(repository)
    check_no_overwrite(repository, tracked, rows)
    if repository.lock.exists():
        raise lock_error(repository)
    journal = Journal(repository.head, steps)
    write_journal(repository, journal)
    try:
        # Fails for edited files, but those outside the project do not matter.
        run_git("update-index", "--refresh", "-q", folder=repository.folder)
        git("read-tree", "-m", "-u", "HEAD", tree, folder=repository.folder)
        mark_conflicts(repository, rows, ids)
        write_journal(repository, msgspec.structs.replace(journal, done=True))
    except BaseException:
        roll_back(repository, journal)
        raise


def read_worktree_blob(repository: Repository, row: Row) -> Blob | None:
    """Return the file of a row from the working tree, None if there is none.

    It is unmodified for Git, but its line endings can differ from those in the commit,
    and must be restored as well.
    """
    path = repository.folder / row.path
    if row.ours is None or path.is_symlink() or not path.is_file():
        return None
    return row.ours._replace(data=path.read_bytes())


def store_blobs(
    repository: Repository, scratch: Path, rows: list[Row], more: Iterable[Blob | None]
) -> dict[Blob, str]:
    """Write the blobs of rows, and more, to the repository; return their IDs."""
    sides = [side for row in rows for side in row.sides]
    present = {side for side in (*sides, *more) if side is not None}
    wanted = {side for side in present if side.mode != SUBMODULE}
    paths = []
    for number, blob in enumerate(wanted):
        path = scratch / str(number)
        path.write_bytes(blob.data)
        paths.append(path)
    listed = "".join(f"{path}\n" for path in paths).encode()
    write = ("hash-object", "-w", "--no-filters", "--stdin-paths")
    ids = git(*write, folder=repository.folder, data=listed).decode().split()
    commits = {side: side.data.decode() for side in present - wanted}
    return commits | dict(zip(wanted, ids, strict=True))


def index_entry(blob: Blob | None, ids: dict[Blob, str]) -> str:
    """Return mode and ID of a blob for the index; "" if there is none."""
    return f"{blob.mode} {ids[blob]}" if blob else ""


def make_tree(repository: Repository, index: Path, steps: list[JournalEntry]) -> str:
    """Return the ID of the tree of HEAD with `steps` applied."""
    env = {"GIT_INDEX_FILE": str(index)}
    git("read-tree", "HEAD", folder=repository.folder, extra=env)
    entries = [f"{step.after or repository.removal}\t{step.path}" for step in steps]
    write_index(repository, entries, env)
    write = ("write-tree", "--missing-ok")
    return git(*write, folder=repository.folder, extra=env).decode().strip()


def mark_conflicts(
    repository: Repository, rows: list[Row], ids: dict[Blob, str]
) -> None:
    """Add the three sides of each conflict to the index, as git merge does."""
    entries = []
    for row in rows:
        if row.kind == "conflict":
            entries.append(f"{repository.removal}\t{row.path}")
            sides = enumerate((row.base, row.ours, row.theirs), start=1)
            for stage, side in sides:
                if side:
                    entries.append(f"{index_entry(side, ids)} {stage}\t{row.path}")
    if entries:
        write_index(repository, entries)


def copy_files(repository: Repository, files: dict[str, Path]) -> None:
    """Copy the user's files into the project; see `files_to_copy`."""
    for path, source in files.items():
        target = repository.folder / path
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(source, target)
