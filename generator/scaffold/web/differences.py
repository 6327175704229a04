"""What differs between two projects in memory, line by line."""

from difflib import unified_diff

import msgspec

from scaffold.project.bundle import BUNDLE
from scaffold.project.project_state import ANSWERS
from scaffold.tree import File, Tree

HIDDEN = (ANSWERS, BUNDLE)  # name the version of the template: always different


class FileDiff(msgspec.Struct, frozen=True):
    """A file that differs: "added", "removed" or "changed", and its diff."""

    path: str
    state: str
    lines: list[str]


def is_shown(path: str) -> bool:
    """Return whether the changes of a file say something to a reader."""
    return path not in HIDDEN


def diff_trees(before: Tree, after: Tree) -> list[FileDiff]:
    """Return the files that differ, those that were removed last."""
    return [
        diff_files(path, before.get(path), after.get(path))
        for path in {**after, **before}
        if is_shown(path) and before.get(path) != after.get(path)
    ]


def diff_files(path: str, old: File | None, new: File | None) -> FileDiff:
    """Return how a file differs, with the lines of its unified diff."""
    state = "added" if old is None else "removed" if new is None else "changed"
    left, right = (
        file.data.decode().splitlines() if file else [] for file in (old, new)
    )
    lines = unified_diff(left, right, lineterm="")
    return FileDiff(path, state, list(lines)[2:])  # the first two name the file
