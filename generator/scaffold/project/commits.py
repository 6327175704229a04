"""The last commits of many projects, read by one Git process for dozens of them."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from scaffold.errors import GitError
from scaffold.project.bundle import LIMITED_ENV, split_objects
from scaffold.project.git import git, run_git
from scaffold.project.scratch import scratch_repository

ID = re.compile(r"[0-9a-f]{40}")
COMMITTER = re.compile(rb"^committer .* (\d+) [+-]\d{4}$", re.MULTILINE)
CHUNK = 50  # repositories for one process, which looks into each for every commit


class Commit(NamedTuple):
    """The ID of a commit, and when it was made, in seconds since 1970."""

    id: str
    time: int

    @property
    def when(self) -> str:
        """The time of the commit in the local time zone."""
        return format_time(self.time)


def format_time(time: float) -> str:
    """Return seconds since 1970 as a time in the local time zone."""
    return datetime.fromtimestamp(time).astimezone().isoformat(" ", "minutes")


def last_commits(folders: Sequence[Path]) -> dict[Path, Commit | None]:
    """Return the last commit of each project; None if it has none, or no repository."""
    heads = {folder: read_head(folder) for folder in folders}
    simple = [folder for folder, head in heads.items() if head]
    found: dict[Path, Commit | None] = {}
    for start in range(0, len(simple), CHUNK):
        chunk = {path: heads[path] for path in simple[start : start + CHUNK]}
        found |= read_commits(chunk)
    return {
        folder: found[folder] if folder in found else ask_git(folder)
        for folder in folders
    }


def read_head(folder: Path) -> str:
    """Return the ID of HEAD from the files of a usual repository, else ""."""
    home = folder / ".git"
    try:
        head = (home / "HEAD").read_text().strip()
        name = head.removeprefix("ref: ")
        if name == head:
            return head if ID.fullmatch(head) else ""
        loose = home / name
        text = loose.read_text() if loose.is_file() else packed_ref(home, name)
    except (OSError, UnicodeDecodeError):
        return ""
    return text.strip() if ID.fullmatch(text.strip()) else ""


def packed_ref(home: Path, name: str) -> str:
    """Return the ID of a branch from the list of packed references, else ""."""
    lines = (home / "packed-refs").read_text().splitlines()
    return next((line[:40] for line in lines if line[41:] == name), "")


def read_commits(heads: Mapping[Path, str]) -> dict[Path, Commit | None]:
    """Return commits of repositories; none if one of these cannot be read."""
    objects = [folder / ".git" / "objects" for folder in heads]
    with scratch_repository(objects) as scratch:
        listed = "".join(f"{head}\n" for head in heads.values()).encode()
        try:
            show = ("cat-file", "--batch")
            read = git(*show, folder=scratch, data=listed, extra=LIMITED_ENV)
            bodies = split_objects(read)
        except (GitError, ValueError):
            return {}
    times = {name: COMMITTER.search(body) for name, body in bodies.items()}
    return {
        folder: Commit(head, int(match[1]))
        for folder, head in heads.items()
        if (match := times[head])
    }


def ask_git(folder: Path) -> Commit | None:
    """Return the last commit of a project wherever it is in a repository."""
    done = run_git("log", "-1", "--format=%H %ct", "--", ".", folder=folder)
    name, _, time = done.stdout.decode().strip().partition(" ")
    return Commit(name, int(time)) if time.isdigit() else None
