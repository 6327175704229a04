"""What the owner of a project made of it, against how it was written."""

from difflib import SequenceMatcher
from pathlib import Path
from typing import Literal, NamedTuple

from scaffold.existing import Existing, pristine
from scaffold.git import run_git
from scaffold.merge import Blob, has_windows_lines, to_windows


class Change(NamedTuple):
    """A file that is not as it was written, with the lines added and removed."""

    path: str
    kind: Literal["edited", "deleted", "added"]
    added: int
    removed: int


class Comparison(NamedTuple):
    """All the changes to a project, and the contents to draw a difference from."""

    changes: list[Change]
    before: dict[str, bytes]
    after: dict[str, bytes]


def compare(project: Existing) -> Comparison:
    """Return what was changed in a project, committed or not.

    Added files are found where the project is in a Git repository.
    """
    written = pristine(project)
    before: dict[str, bytes] = {}
    after: dict[str, bytes] = {}
    for path, file in written.items():
        was, now = file.data, read(project.folder / path)
        if now is not None and has_windows_lines(Blob("", now)):
            converted = to_windows(Blob("", was))
            was = converted.data if converted else was
        if was != now:
            before[path] = was
            if now is not None:
                after[path] = now
    changes = [describe(path, before[path], after.get(path)) for path in before]
    added = sorted(listed(project.folder) - written.keys())
    changes += [Change(path, "added", 0, 0) for path in added]
    return Comparison(changes, before, after)


def read(path: Path) -> bytes | None:
    """Return the content of a file, None if there is no plain file."""
    return path.read_bytes() if path.is_file() and not path.is_symlink() else None


def describe(path: str, before: bytes, after: bytes | None) -> Change:
    """Return how a file was changed, counted in lines."""
    if after is None:
        return Change(path, "deleted", 0, len(before.splitlines()))
    lines = count_lines(before.decode(errors="replace"), after.decode(errors="replace"))
    return Change(path, "edited", *lines)


class Lines(NamedTuple):
    """How many lines came and went."""

    added: int
    removed: int


def count_lines(before: str, after: str) -> Lines:
    """Return how many lines were added to a text, and removed from it."""
    lines = before.splitlines(), after.splitlines()
    matcher = SequenceMatcher(None, *lines, autojunk=False)
    same = sum(match.size for match in matcher.get_matching_blocks())
    return Lines(len(lines[1]) - same, len(lines[0]) - same)


def listed(folder: Path) -> set[str]:
    """Return the files of a folder that Git has, or would take; none without Git."""
    look = ("--cached", "--others", "--exclude-standard", "-z", "--", ".")
    done = run_git("ls-files", *look, folder=folder)
    found = done.stdout.decode("utf-8", "replace").split("\0")
    return {path for path in found if path and (folder / path).is_file()}
