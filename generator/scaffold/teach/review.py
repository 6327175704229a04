"""Review a submission: its exercises, changed files and tests."""

from pathlib import Path
from typing import Literal, NamedTuple

from scaffold.project.exercise_regions import STUB, find_regions
from scaffold.project.local_changes import (
    Change,
    LocalChanges,
    count_lines,
    read_if_file,
)
from scaffold.project.project_state import ExistingProject, render_original
from scaffold.teach.submission import (
    is_of_tests,
    moved_files,
    read_submission,
    run_original_tests,
)
from scaffold.teach.test_run import TestResult, run_tests
from scaffold.tree import Tree


class ExerciseResult(NamedTuple):
    """The state of an exercise in one file, with added and removed lines."""

    number: int
    title: str
    path: str
    state: Literal["open", "written", "markers removed"]
    added: int
    removed: int


class Review(NamedTuple):
    """The review of a submission; tests are None if they were not run.

    `original_tests` are those that were generated, whatever the project has now.
    """

    exercises: list[ExerciseResult]
    changes: list[Change]
    tests: list[TestResult] | None
    original_tests: list[TestResult] | None


def review(
    project: ExistingProject, compared: LocalChanges, with_tests: bool
) -> Review:
    """Review a project; `with_tests` executes its code."""
    original = render_original(project)
    exercises = list_exercises(project.folder, original)
    if not with_tests:
        return Review(exercises, compared.changes, None, None)
    tests = run_tests(project.folder)
    tampered = any(is_of_tests(change.path) for change in compared.changes)
    generated = tests
    if tampered:
        submission = read_submission(project.folder, original)
        generated = run_original_tests(submission, original)
    return Review(exercises, compared.changes, tests, generated)


def list_exercises(folder: Path, original: Tree) -> list[ExerciseResult]:
    """Return the state of each exercise, in order; also in files that were moved."""
    found = []
    moves = moved_files(folder, original)
    for path, file in original.items():
        if path.endswith(".py"):
            now = read_if_file(folder / moves.get(path, path))
            found += compare_exercises(path, file.data, now.data if now else b"")
    return sorted(found)


def compare_exercises(path: str, before: bytes, after: bytes) -> list[ExerciseResult]:
    """Compare the exercises in a file with those that were generated."""
    was, now = exercise_texts(before), exercise_texts(after)
    exercises = []
    for (number, title), text in was.items():
        current = now.get((number, title))
        state: Literal["open", "written", "markers removed"] = "markers removed"
        if current is not None:
            state = "open" if STUB.search(current) else "written"
        sides = (side.decode(errors="replace") for side in (text, current or b""))
        lines = count_lines(*sides)
        exercises.append(ExerciseResult(number, title, path, state, *lines))
    return exercises


def exercise_texts(data: bytes) -> dict[tuple[int, str], bytes]:
    """Return the text of each exercise of a file, by number and title."""
    found: dict[tuple[int, str], bytes] = {}
    for region in find_regions(data.replace(b"\r\n", b"\n")):
        key = region.number, region.title.decode(errors="replace")
        found[key] = found.get(key, b"") + region.body
    return found
