"""The Git repository of a project, and the checks that protect its files."""

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from subprocess import CompletedProcess
from typing import NamedTuple

from scaffold.errors import GitError, ProjectError
from scaffold.project.blobs import SUBMODULE, Blob
from scaffold.project.bundle import split_objects
from scaffold.project.git import JOURNAL_PATTERN, git, git_error, run_git

LOCK_TIMEOUT_S = 3.0  # how long to wait for another Git process


class Repository(NamedTuple):
    """A project's place in its repository, and its HEAD."""

    folder: Path
    prefix: str  # of the project: "" or "projects/mine/"
    head: str
    git_dir: Path

    @property
    def journal(self) -> Path:
        """The journal of an update; its name does not depend on what paths may hold."""
        prefix = os.fsencode(self.prefix)
        name = hashlib.sha256(prefix).hexdigest()[:16] if prefix else ""
        return self.git_dir / JOURNAL_PATTERN.replace("*", name)

    @property
    def lock(self) -> Path:
        """The lock of the index, while a Git process writes it."""
        return self.git_dir / "index.lock"

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
        found = rev_parse(folder, "--show-prefix", "HEAD")
    except GitError as error:
        raise ProjectError(
            f"{folder}: the repository has no commits; commit the project first"
        ) from error
    prefix, _, head = found.rpartition("\n")
    git_dir = Path(rev_parse(folder, "--absolute-git-dir"))
    return Repository(folder, prefix, head, git_dir)


def rev_parse(folder: Path, *words: str) -> str:
    """Return the output of `git rev-parse`; paths in it may hold any byte."""
    return os.fsdecode(git("rev-parse", *words, folder=folder)).removesuffix("\n")


def wait_for_lock(repository: Repository) -> None:
    """Wait until no Git process writes the index; raise GitError if that takes long."""
    end = time.monotonic() + LOCK_TIMEOUT_S
    while repository.lock.exists():
        if time.monotonic() > end:
            raise GitError(
                f"another Git process holds {repository.lock}; wait for it, or remove "
                "the file if it was killed, and try again"
            )
        time.sleep(0.05)


def list_changed(repository: Repository, staged: bool = False) -> list[str]:
    """Return the tracked files of a project that differ from HEAD.

    With `staged`, only those that differ in the index.
    """
    no_lock = {"GIT_OPTIONAL_LOCKS": "0"}  # do not block other Git processes
    options = ("--porcelain", "-z", "--untracked-files=no", "--ignore-submodules=dirty")
    command = ("status", *options, "--no-renames", "--", ".")
    found = git(*command, folder=repository.folder, extra=no_lock)
    changed = {
        entry[3:].removeprefix(repository.prefix): entry[0] != " "
        for entry in split_nul(found)
    }
    edited = set() if staged or not changed else list_edited(repository)
    return [path for path, in_index in changed.items() if in_index or path in edited]


def list_edited(repository: Repository) -> set[str]:
    """Return the files whose content or mode differs from the index.

    `git status` also lists those that differ in line endings that Git converts.
    """
    command = ("diff", "--name-only", "--relative", "--ignore-submodules=dirty", "-z")
    any_line_endings = ("core.safecrlf=false",)
    with tempfile.TemporaryDirectory(prefix="scaffold-") as scratch:
        # It refreshes the index, so it gets a copy.
        copy = shutil.copy(repository.git_dir / "index", scratch)
        found = git(
            *command,
            folder=repository.folder,
            settings=any_line_endings,
            extra={"GIT_INDEX_FILE": copy},
        )
    return set(split_nul(found))


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
    found = read_objects(repository, ids)
    return {
        path: Blob(file.mode, found.get(file.id, file.id.encode()))
        for path, file in selected.items()
    }


def read_objects(repository: Repository, ids: Iterable[str]) -> dict[str, bytes]:
    """Return the content of Git objects, by ID."""
    listed = "".join(f"{name}\n" for name in sorted(ids)).encode()
    show = ("cat-file", "--batch")
    return split_objects(git(*show, folder=repository.folder, data=listed))


def store_objects(repository: Repository, contents: Iterable[bytes]) -> list[str]:
    """Write blobs to the repository, and return their IDs."""
    with tempfile.TemporaryDirectory(prefix="scaffold-") as scratch:
        paths = []
        for number, content in enumerate(contents):
            path = Path(scratch) / str(number)
            path.write_bytes(content)
            paths.append(path)
        listed = "".join(f"{path}\n" for path in paths).encode()
        write = ("hash-object", "-w", "--no-filters", "--stdin-paths")
        return git(*write, folder=repository.folder, data=listed).decode().split()


def list_index(repository: Repository) -> dict[str, str]:
    """Return the entries of the project in the index, `MODE ID STAGE`, by path.

    The last one of a file in conflict is that of its highest stage.
    """
    listed = git("ls-files", "--stage", "-z", folder=repository.folder)
    entries = (entry.partition("\t") for entry in split_nul(listed))
    return {path: about for about, _, path in entries}


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
    done = update_index(repository, "-z", "--index-info", data=data, extra=extra)
    if done.returncode:
        raise git_error("update-index", repository.folder, done)


def refresh_index(repository: Repository) -> None:
    """Let Git see that files are as in the index; raise GitError if it is killed."""
    done = update_index(repository, "--refresh", "-q")
    # It also fails if other files are edited, or another process has the lock.
    if done.returncode < 0:
        raise git_error("update-index", repository.folder, done)


def update_index(
    repository: Repository,
    *options: str,
    data: bytes | None = None,
    extra: Mapping[str, str] | None = None,
) -> CompletedProcess[bytes]:
    """Run `git update-index`; remove its lock if it was killed."""
    done = run_git(
        "update-index", *options, folder=repository.folder, data=data, extra=extra
    )
    if done.returncode < 0 and not extra:
        repository.lock.unlink(missing_ok=True)
    return done
