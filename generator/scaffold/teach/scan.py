"""What the files of a project show without being run: exercises and conflicts."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from scaffold.compose.composition import EXERCISES, PROJECT
from scaffold.compose.exercises import read_titles
from scaffold.project.exercise_regions import STUB
from scaffold.project.project_state import ExistingProject

# Folders that can be large and contain no projects.
SKIPPED_FOLDERS = frozenset({".git", ".venv", "venv", "node_modules", "__pycache__"})
MAX_BYTES = 1_000_000  # of a file that is searched; larger ones are data
MARK = re.compile(rb"# exercise (\d+): ")
CONFLICT = re.compile(rb"^<{7} .*?^={7}\r?$.*?^>{7} ", re.MULTILINE | re.DOTALL)


class Exercise(NamedTuple):
    """An exercise of a project: `unmarked` if the comments that mark it are gone."""

    number: int
    title: str
    state: Literal["open", "written", "unmarked"]


class Scan(NamedTuple):
    """The exercises of a project, and its files with conflict markers."""

    exercises: list[Exercise]
    conflicts: list[str]


def scan(project: ExistingProject) -> Scan:
    """Search the files of a project; they may have been renamed."""
    still_open: set[int] = set()
    marked: set[int] = set()
    conflicts = []
    titles = exercise_titles(project)
    for path, data in read_files(project.folder):
        if b"<<<<<<< " in data and CONFLICT.search(data):
            conflicts.append(path)
        if titles and path.endswith((".py", ".ipynb")) and b"exercise " in data:
            still_open.update(map(int, STUB.findall(data)))
            marked.update(map(int, MARK.findall(data)))
    exercises = []
    for number, title in titles.items():
        state: Literal["written", "unmarked"]
        state = "written" if number in marked else "unmarked"
        exercises.append(
            Exercise(number, title, "open" if number in still_open else state)
        )
    return Scan(exercises, sorted(conflicts))


def exercise_titles(project: ExistingProject) -> dict[int, str]:
    """Return the titles of the exercises that a project was generated with."""
    for suffix in ("", ".jinja"):  # whose lines of Jinja are comments in TOML
        if listed := project.template.get(PROJECT + EXERCISES + suffix):
            return read_titles(listed.data)
    return {}


def read_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of the files of a project; without Git, which is slow."""
    stack = [""]
    while stack:
        below = stack.pop()
        with os.scandir(f"{folder}/{below}") as entries:
            for entry in entries:
                path = below + entry.name
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in SKIPPED_FOLDERS and path != ".scaffold":
                        stack.append(path + "/")
                elif entry.is_file(follow_symlinks=False):
                    yield path, read_if_small(entry.path)


def read_if_small(path: str) -> bytes:
    """Return the content of a file, b"" if it is large.

    Without the overhead of a file object: a class has ten thousand files.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        size = os.fstat(descriptor).st_size
        return os.read(descriptor, size) if size <= MAX_BYTES else b""
    finally:
        os.close(descriptor)


def describe_unmarked(states: Iterable[tuple[int, str]]) -> list[str]:
    """Return a remark on the exercises, given with their states, that are unmarked."""
    lost = [str(number) for number, state in states if state == "unmarked"]
    remark = f"no comments mark exercise {', '.join(lost)}: they or their file are gone"
    return [remark] if lost else []
