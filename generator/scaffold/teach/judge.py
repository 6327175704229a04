"""Judge a submission: which exercises are right, by the tests as generated."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from scaffold.errors import ScaffoldError, one_line
from scaffold.project.git import run_git
from scaffold.project.project_state import open_project, render_original
from scaffold.teach.scan import Exercise, scan
from scaffold.teach.submission import (
    expected_tests,
    read_submission,
    run_original_tests,
)
from scaffold.teach.test_run import Limits, TestResult, function_of

# `written` and `unmarked` if the tests were not run; `waiting` for an earlier exercise.
State = Literal["right", "wrong", "open", "waiting", "written", "unmarked"]


class Verdict(msgspec.Struct, frozen=True):
    """The state of an exercise, and the reason if it is wrong."""

    number: int
    title: str
    state: State
    reason: str = ""


class Judgement(msgspec.Struct, frozen=True):
    """What a submission is worth, or the error that prevents that."""

    exercises: list[Verdict] = []
    expected: int = 0  # number of tests that were generated
    passed: int | None = None  # None if the tests were not run
    changed_tests: list[str] = []
    moved: list[str] = []  # as "old -> new"
    dirty: bool = False  # whether files are not committed
    error: str = ""
    conflicts: list[str] = []  # files with conflict markers

    @property
    def points(self) -> int | None:
        """The number of exercises that are right; None if the tests were not run."""
        right = sum(verdict.state == "right" for verdict in self.exercises)
        return None if self.passed is None else right


def judge_or_error(folder: Path, limits: Limits | None) -> Judgement:
    """Judge a submission; an error in one must not stop the others."""
    try:
        return judge(folder, limits)
    except Exception as error:
        return Judgement(error=one_line(error))


def judge(folder: Path, limits: Limits | None) -> Judgement:
    """Judge the submission in a folder.

    Its code is executed only if there are `limits`.
    """
    project = open_project(folder)
    original = render_original(project)
    submission = read_submission(folder, original)
    functions = expected_tests(original)
    found, conflicts = scan(project)
    judgement = Judgement(
        [Verdict(e.number, e.title, e.state) for e in found],
        len(functions),
        changed_tests=submission.changed,
        moved=[f"{old} -> {new}" for old, new in submission.moves.items()],
        dirty=is_dirty(folder),
        conflicts=conflicts,
    )
    if limits is None:
        return judgement
    try:
        results = run_original_tests(submission, original, limits)
    except ScaffoldError as error:
        reason = str(error).removeprefix(f"{folder}: ")
        return msgspec.structs.replace(judgement, passed=0, error=reason)
    verdicts = [
        judge_exercise(e, [r for r in results if is_of(r, e, functions)]) for e in found
    ]
    failed = {function_of(r.name) for r in results if r.outcome != "passed"}
    passed = len(functions.keys() - failed)
    return msgspec.structs.replace(judgement, exercises=verdicts, passed=passed)


def is_of(result: TestResult, exercise: Exercise, functions: Mapping[str, int]) -> bool:
    """Return whether a test belongs to an exercise."""
    return functions.get(function_of(result.name)) == exercise.number


def judge_exercise(exercise: Exercise, results: Sequence[TestResult]) -> Verdict:
    """Judge an exercise by its own tests, whatever its code looks like."""
    number, title, state = exercise
    failed = next((r for r in results if r.outcome == "failed"), None)
    waiting = next((r for r in results if r.outcome in {"skipped", "not run"}), None)
    if results and not failed and not waiting:
        return Verdict(number, title, "right")
    reason = failed.reason if failed else ""
    if state == "open" or reason.startswith(f"exercise {number}: "):
        return Verdict(number, title, "open")
    if failed and not reason.startswith("exercise "):
        return Verdict(number, title, "wrong", f"{failed.name}: {reason}")
    if failed or waiting:
        first = failed or waiting
        reason = first.reason if first and first.reason else "its tests did not run"
        return Verdict(number, title, "waiting", reason)
    return Verdict(number, title, state)


def is_dirty(folder: Path) -> bool:
    """Return whether a project has files or changes that are not committed."""
    return bool(run_git("status", "--porcelain", "--", ".", folder=folder).stdout)
