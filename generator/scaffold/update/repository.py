"""The Git repository of a project, and the checks that protect its files."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from scaffold.errors import GitError, ProjectError
from scaffold.project.blobs import SUBMODULE, Blob
from scaffold.project.bundle import split_objects
from scaffold.project.git import JOURNAL_PATTERN, git, run_git


class Repository(NamedTuple):
    """A project's place in its repository, and its HEAD."""

    folder: Path
    prefix: str  # of the project: "" or "projects/mine/"
    head: str
    journal: Path  # of an update
    lock: Path  # of the index

    @property
    def removal(self) -> str:
        """The index entry that removes a path."""
        return "0 " + "0" * len(self.head)


class Tracked(NamedTuple):
    """A file in HEAD: its mode and the ID of its content."""

    mode: str
    id: str


def open_repository(folder: Path) -> Repository:
    """Return the repository of a project; raise ProjectError if it has none."""
    folder = folder.resolve()
    inside = run_git("rev-parse", "--is-inside-work-tree", folder=folder)
    stderr = " ".join(inside.stderr.decode(errors="replace").split())
    if "not a git repository" in stderr or inside.stdout.strip() == b"false":
        raise ProjectError(
            f"{folder} is not in a Git repository, which is required to undo updates; "
            "run git init, git add --all and git commit there first"
        )
    if inside.returncode:
        raise GitError(f"git rev-parse failed in {folder}: {stderr}")
    try:
        command = ("rev-parse", "--show-prefix", "HEAD")
        prefix, head = git(*command, folder=folder).decode().splitlines()
    except GitError as error:
        raise ProjectError(
            f"{folder}: the repository has no commits; commit the project first"
        ) from error
    own = JOURNAL_PATTERN.replace("*", quote(prefix, safe=""))
    paths = ("--git-path", own, "--git-path", "index.lock")
    journal, lock = git("rev-parse", *paths, folder=folder).decode().splitlines()
    return Repository(folder, prefix, head, folder / journal, folder / lock)


def list_changed(repository: Repository, staged: bool = False) -> list[str]:
    """Return the tracked files of a project that differ from HEAD.

    With `staged`, only those that differ in the index.
    """
    no_lock = {"GIT_OPTIONAL_LOCKS": "0"}  # do not block other Git processes
    options = ("--porcelain", "-z", "--untracked-files=no", "--ignore-submodules=dirty")
    command = ("status", *options, "--no-renames", "--", ".")
    found = split_nul(git(*command, folder=repository.folder, extra=no_lock))
    paths = ((entry[0], entry[3:].removeprefix(repository.prefix)) for entry in found)
    return [path for index, path in paths if index != " " or not staged]


def list_tracked(repository: Repository) -> dict[str, Tracked]:
    """Return all files of the project in HEAD, by path in the project."""
    listed = git("ls-tree", "-r", "-z", "HEAD", folder=repository.folder)
    tracked = {}
    for entry in split_nul(listed):
        about, _, path = entry.partition("\t")
        mode, _, name = about.split()
        tracked[path] = Tracked(mode, name)
    if not tracked:
        raise ProjectError(
            f"{repository.folder} is in a Git repository, but not committed; "
            "run git add (--force if it is ignored) and git commit"
        )
    return tracked


def read_tracked(
    repository: Repository, tracked: dict[str, Tracked], paths: Iterable[str]
) -> dict[str, Blob]:
    """Return the blobs of those of `paths` that are in HEAD."""
    selected = {path: tracked[path] for path in paths if path in tracked}
    ids = {file.id for file in selected.values() if file.mode != SUBMODULE}
    listed = "".join(f"{name}\n" for name in sorted(ids)).encode()
    found = split_objects(
        git("cat-file", "--batch", folder=repository.folder, data=listed)
    )
    return {
        path: Blob(file.mode, found.get(file.id, file.id.encode()))
        for path, file in selected.items()
    }


def list_untracked(repository: Repository) -> list[str]:
    """Return the untracked files of a project, including ignored ones.

    A folder without tracked files is returned as one path.
    """
    command = ("ls-files", "--others", "--directory", "-z", "--", ".")
    listed = git(*command, folder=repository.folder)
    return [path.rstrip("/") for path in split_nul(listed)]


def split_nul(listed: bytes) -> Iterator[str]:
    """Yield the entries of NUL-separated output."""
    return filter(None, listed.decode("utf-8", "surrogateescape").split("\0"))


def write_index(
    repository: Repository,
    entries: Iterable[str],
    extra: Mapping[str, str] | None = None,
) -> None:
    """Write entries to the index, each `MODE ID[ STAGE]<tab>PATH` in the project."""
    lines = []
    for about, _, path in (entry.partition("\t") for entry in entries):
        # These paths are relative to the root of the repository.
        lines.append(f"{about}\t{repository.prefix}{path}\0")
    data = "".join(lines).encode("utf-8", "surrogateescape")
    into = ("update-index", "-z", "--index-info")
    git(*into, folder=repository.folder, data=data, extra=extra)
