"""Differences as people read them, and as `git apply` takes them, drawn by Git."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

from scaffold.bundle import IDENTITY, ISOLATED, commit_tree, make_store
from scaffold.git import git
from scaffold.merge import LINK, SUBMODULE, Blob, Row
from scaffold.tree import File, Tree


def draw_patch(rows: Iterable[Row]) -> str:
    """Return the difference that a plan makes to a project, as Git's unified diff."""
    moved = [row for row in rows if row.moved]
    before = {row.path: to_file(row.ours) for row in moved if is_plain(row.ours)}
    after = {row.path: to_file(row.result) for row in moved if is_plain(row.result)}
    return draw(before, after)


def is_plain(blob: Blob | None) -> bool:
    """Return whether there is a file, and no link or submodule in its place."""
    return blob is not None and blob.mode not in {LINK, SUBMODULE}


def to_file(blob: Blob | None) -> File:
    """Return a plain blob as a file."""
    assert blob is not None
    return File(blob.data, blob.mode == "100755")


def draw(before: Tree, after: Tree) -> str:
    """Return the unified diff of two trees, "" if they are equal."""
    with tempfile.TemporaryDirectory(prefix="scaffold-") as scratch:
        folder = Path(scratch)
        make_store(folder)
        for name, tree in (("before", before), ("after", after)):
            reference = f"refs/heads/{name}"
            commit_tree(folder, tree, reference, IDENTITY, name, ISOLATED)
        words = ("--no-color", "--no-renames", "--no-ext-diff", "before", "after")
        return git("diff", *words, folder=folder, extra=ISOLATED).decode(
            errors="replace"
        )
