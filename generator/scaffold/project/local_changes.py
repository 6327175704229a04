"""What the owner of a project made of it, against how it was written."""

from difflib import SequenceMatcher
from pathlib import Path
from typing import Literal, NamedTuple

from scaffold.project.blobs import Blob, has_crlf, to_crlf
from scaffold.project.git import run_git
from scaffold.project.project_state import ExistingProject, render_original
from scaffold.tree import File, Tree, read_file


class Change(NamedTuple):
    """A file that is not as it was written, with the lines added and removed."""

    path: str
    kind: Literal["edited", "deleted", "added"]
    added: int
    removed: int


class LocalChanges(NamedTuple):
    """All the changes to a project, and the contents to draw a difference from."""

    changes: list[Change]
    before: Tree
    after: Tree


MAX_SHOWN_BYTES = 100_000  # bytes of an added file that is shown


def find_local_changes(project: ExistingProject) -> LocalChanges:
    """Return what was changed in a project, committed or not.

    Added files are found where the project is in a Git repository.
    """
    written = render_original(project)
    found = LocalChanges([], {}, {})
    for path, file in written.items():
        now = read_if_file(project.folder / path)
        was = with_line_endings_of(file, now)
        if was == now:
            continue
        found.before[path] = was
        if now:
            found.after[path] = now
        found.changes.append(describe_change(path, was, now))
    for path in sorted(list_git_files(project.folder) - written.keys()):
        now = read_if_file(project.folder / path)
        shown = now and path.isprintable() and len(now.data) <= MAX_SHOWN_BYTES
        if now and shown:
            found.after[path] = now
        lines = len(now.data.splitlines()) if now and shown else 0
        found.changes.append(Change(path, "added", lines, 0))
    return found


def read_if_file(path: Path) -> File | None:
    """Return a file as it is, None if there is no plain file."""
    return read_file(path) if path.is_file() and not path.is_symlink() else None


def with_line_endings_of(file: File, other: File | None) -> File:
    """Return a file with the line ends that another one has, if those are Windows'."""
    if other is None or not has_crlf(Blob("", other.data)):
        return file
    converted = to_crlf(Blob("", file.data))
    return file._replace(data=converted.data) if converted else file


def describe_change(path: str, before: File, after: File | None) -> Change:
    """Return how a file was changed, counted in lines."""
    if after is None:
        return Change(path, "deleted", 0, len(before.data.splitlines()))
    sides = (file.data.decode(errors="replace") for file in (before, after))
    return Change(path, "edited", *count_lines(*sides))


class LineCounts(NamedTuple):
    """How many lines came and went."""

    added: int
    removed: int


def count_lines(before: str, after: str) -> LineCounts:
    """Return how many lines were added to a text, and removed from it."""
    lines = before.splitlines(), after.splitlines()
    matcher = SequenceMatcher(None, *lines, autojunk=False)
    same = sum(match.size for match in matcher.get_matching_blocks())
    return LineCounts(len(lines[1]) - same, len(lines[0]) - same)


def list_git_files(folder: Path) -> set[str]:
    """Return the files of a folder that Git has, or would take; none without Git."""
    look = ("--cached", "--others", "--exclude-standard", "-z", "--", ".")
    done = run_git("ls-files", *look, folder=folder)
    found = done.stdout.decode("utf-8", "surrogateescape").split("\0")
    return {path for path in found if path and (folder / path).is_file()}
