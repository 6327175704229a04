"""Local changes: a project compared with the files that were generated."""

from difflib import SequenceMatcher
from pathlib import Path
from typing import Literal, NamedTuple

from scaffold.project.blobs import Blob, has_crlf, to_crlf
from scaffold.project.git import run_git
from scaffold.project.project_state import ExistingProject, render_original
from scaffold.tree import File, Tree, read_file


class Change(NamedTuple):
    """A changed file, with the number of added and removed lines."""

    path: str
    kind: Literal["edited", "deleted", "added"]
    added: int
    removed: int


class LocalChanges(NamedTuple):
    """All changes to a project, and the files before and after them."""

    changes: list[Change]
    before: Tree
    after: Tree


MAX_SHOWN_BYTES = 100_000  # larger added files are listed only


def find_local_changes(project: ExistingProject) -> LocalChanges:
    """Return the changes to a project, committed or not.

    Added files are only found if the project is in a Git repository.
    """
    written = render_original(project)
    result = LocalChanges([], {}, {})
    for path, file in written.items():
        now = read_if_file(project.folder / path)
        was = with_line_endings_of(file, now)
        if was == now:
            continue
        result.before[path] = was
        if now:
            result.after[path] = now
        result.changes.append(describe_change(path, was, now))
    for path in sorted(list_git_files(project.folder) - written.keys()):
        now = read_if_file(project.folder / path)
        shown = now and path.isprintable() and len(now.data) <= MAX_SHOWN_BYTES
        if now and shown:
            result.after[path] = now
        lines = len(now.data.splitlines()) if now and shown else 0
        result.changes.append(Change(path, "added", lines, 0))
    return result


def read_if_file(path: Path) -> File | None:
    """Read a file; return None if it is missing or not a regular file."""
    return read_file(path) if path.is_file() and not path.is_symlink() else None


def with_line_endings_of(file: File, other: File | None) -> File:
    """Return a file with CRLF line endings if the other one has them."""
    if other is None or not has_crlf(Blob("", other.data)):
        return file
    converted = to_crlf(Blob("", file.data))
    return file._replace(data=converted.data) if converted else file


def describe_change(path: str, before: File, after: File | None) -> Change:
    """Return the change to a file, in lines."""
    if after is None:
        return Change(path, "deleted", 0, len(before.data.splitlines()))
    sides = (file.data.decode(errors="replace") for file in (before, after))
    return Change(path, "edited", *count_lines(*sides))


class LineCounts(NamedTuple):
    """Numbers of added and removed lines."""

    added: int
    removed: int


def count_lines(before: str, after: str) -> LineCounts:
    """Count the lines added to a text and removed from it."""
    lines = before.splitlines(), after.splitlines()
    matcher = SequenceMatcher(None, *lines, autojunk=False)
    same = sum(match.size for match in matcher.get_matching_blocks())
    return LineCounts(len(lines[1]) - same, len(lines[0]) - same)


def list_git_files(folder: Path) -> set[str]:
    """Return the tracked and untracked files of a folder, without ignored ones.

    Empty if the folder is not in a Git repository.
    """
    look = ("--cached", "--others", "--exclude-standard", "-z", "--", ".")
    done = run_git("ls-files", *look, folder=folder)
    paths = done.stdout.decode("utf-8", "surrogateescape").split("\0")
    return {path for path in paths if path and (folder / path).is_file()}
