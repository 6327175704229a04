"""Review a submission: its exercises, changed files and tests."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Literal, NamedTuple
from xml.etree import ElementTree

from scaffold.errors import ProjectError
from scaffold.project.local_changes import (
    Change,
    LocalChanges,
    count_lines,
    read_if_file,
)
from scaffold.project.project_state import ExistingProject, render_original

EXERCISE_BLOCK = re.compile(
    r"^ *# exercise (\d+): (.*?)\n(.*?)^ *# end of exercise \1$",
    re.MULTILINE | re.DOTALL,
)
TEST_TIMEOUT_S = 900  # for the tests of one project


class ExerciseResult(NamedTuple):
    """The state of an exercise in one file, with added and removed lines."""

    number: int
    title: str
    path: str
    state: Literal["open", "written", "markers removed"]
    added: int
    removed: int


class TestResult(NamedTuple):
    """The outcome of a test."""

    name: str
    outcome: Literal["passed", "failed", "skipped"]
    reason: str


class Review(NamedTuple):
    """The review of a submission; `tests` is None if they were not run."""

    exercises: list[ExerciseResult]
    changes: list[Change]
    tests: list[TestResult] | None


def review(
    project: ExistingProject, compared: LocalChanges, with_tests: bool
) -> Review:
    """Review a project; `with_tests` executes its code."""
    tests = run_tests(project.folder) if with_tests else None
    return Review(list_exercises(project), compared.changes, tests)


def list_exercises(project: ExistingProject) -> list[ExerciseResult]:
    """Return the state of each exercise, in order."""
    found = []
    for path, file in render_original(project).items():
        if path.endswith(".py"):
            now = read_if_file(project.folder / path)
            text = now.data.decode(errors="replace") if now else ""
            found += compare_exercises(path, file.data.decode(), text)
    return sorted(found)


def compare_exercises(path: str, before: str, after: str) -> list[ExerciseResult]:
    """Compare the exercises in a file with those that were generated."""
    was, now = exercise_blocks(before), exercise_blocks(after)
    exercises = []
    for (number, title), text in was.items():
        current = now.get((number, title))
        lines = count_lines(text, current or "")
        if current is None:
            exercises.append(
                ExerciseResult(number, title, path, "markers removed", 0, lines.removed)
            )
            continue
        is_open = f'"exercise {number}: ' in current
        exercises.append(
            ExerciseResult(
                number, title, path, "open" if is_open else "written", *lines
            )
        )
    return exercises


def exercise_blocks(text: str) -> dict[tuple[int, str], str]:
    """Return the text between the markers of each exercise, by number and title."""
    found: dict[tuple[int, str], str] = {}
    for match in EXERCISE_BLOCK.finditer(text.replace("\r\n", "\n")):
        key = int(match[1]), match[2]
        found[key] = found.get(key, "") + match[3]
    return found


def run_tests(folder: Path) -> list[TestResult]:
    """Run the tests of a project in a subprocess; return their outcomes.

    Raises ProjectError if they cannot be run.
    """
    with tempfile.TemporaryDirectory(prefix="scaffold-") as scratch:
        report = Path(scratch) / "report.xml"
        command = [sys.executable, "-m", "pytest", "--quiet", f"--junitxml={report}"]
        try:
            done = subprocess.run(
                command,
                cwd=folder,
                capture_output=True,
                text=True,
                timeout=TEST_TIMEOUT_S,
            )
        except subprocess.TimeoutExpired as error:
            message = f"the tests timed out after {TEST_TIMEOUT_S} seconds"
            raise ProjectError(f"{folder}: {message}") from error
        if not report.exists():
            lines = (done.stderr or done.stdout).strip().splitlines()
            reason = lines[-1] if lines else "pytest printed nothing"
            raise ProjectError(f"{folder}: cannot run the tests: {reason}")
        cases = ElementTree.parse(report).getroot().iter("testcase")
        return [read_case(case) for case in cases]


def read_case(case: ElementTree.Element) -> TestResult:
    """Return the outcome of a test from a JUnit XML report."""
    module, name = case.get("classname", ""), case.get("name", "")
    name = f"{module.replace('.', '/')}.py::{name}" if module else name
    for tag in ("failure", "error"):
        for found in case.iter(tag):
            text = found.text or found.get("message") or ""
            return TestResult(name, "failed", first_line(text))
    for found in case.iter("skipped"):
        return TestResult(name, "skipped", first_line(found.get("message") or ""))
    return TestResult(name, "passed", "")


def first_line(text: str) -> str:
    """Return the most informative line of a failure: the exception, or the first."""
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    raised = [line.removeprefix("E").strip() for line in lines if line.startswith("E ")]
    named = [
        line for line in raised if re.match(r"[\w.]*(Error|Exception|Exit)\b", line)
    ]
    return (named or raised or lines or [""])[0]
