"""A submission under review: exercise by exercise, file by file, test by test."""

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
TEST_TIMEOUT_S = 900  # seconds that the tests of one project may take


class ExerciseResult(NamedTuple):
    """What was written for an exercise in one file, in lines."""

    number: int
    title: str
    path: str
    state: Literal["open", "written", "marks gone"]
    added: int
    removed: int


class TestResult(NamedTuple):
    """A test of the project, and how it went."""

    name: str
    outcome: Literal["passed", "failed", "skipped"]
    reason: str


class Review(NamedTuple):
    """All that there is to say of a submission; no tests if they were not run."""

    work: list[ExerciseResult]
    changes: list[Change]
    tests: list[TestResult] | None


def review(
    project: ExistingProject, compared: LocalChanges, with_tests: bool
) -> Review:
    """Return a review of a project; with `with_tests` its code is run."""
    tests = run_tests(project.folder) if with_tests else None
    return Review(list_exercises(project), compared.changes, tests)


def list_exercises(project: ExistingProject) -> list[ExerciseResult]:
    """Return what was written for each exercise, in their order."""
    found = []
    for path, file in render_original(project).items():
        if path.endswith(".py"):
            now = read_if_file(project.folder / path)
            text = now.data.decode(errors="replace") if now else ""
            found += compare_exercises(path, file.data.decode(), text)
    return sorted(found)


def compare_exercises(path: str, before: str, after: str) -> list[ExerciseResult]:
    """Return what was written between the marks of the exercises in a file."""
    was, now = exercise_blocks(before), exercise_blocks(after)
    work = []
    for (number, title), text in was.items():
        written = now.get((number, title))
        lines = count_lines(text, written or "")
        if written is None:
            work.append(
                ExerciseResult(number, title, path, "marks gone", 0, lines.removed)
            )
            continue
        still = f'"exercise {number}: ' in written
        work.append(
            ExerciseResult(number, title, path, "open" if still else "written", *lines)
        )
    return work


def exercise_blocks(text: str) -> dict[tuple[int, str], str]:
    """Return what stands between the marks of each exercise, by number and title."""
    found: dict[tuple[int, str], str] = {}
    for match in EXERCISE_BLOCK.finditer(text.replace("\r\n", "\n")):
        key = int(match[1]), match[2]
        found[key] = found.get(key, "") + match[3]
    return found


def run_tests(folder: Path) -> list[TestResult]:
    """Run the tests of a project in a process of its own; return how each went.

    Raises ProjectError if they cannot be run at all.
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
            message = f"its tests were stopped after {TEST_TIMEOUT_S} seconds"
            raise ProjectError(f"{folder}: {message}") from error
        if not report.exists():
            lines = (done.stderr or done.stdout).strip().splitlines()
            reason = lines[-1] if lines else "pytest said nothing"
            raise ProjectError(f"{folder}: its tests cannot be run: {reason}")
        cases = ElementTree.parse(report).getroot().iter("testcase")
        return [read_case(case) for case in cases]


def read_case(case: ElementTree.Element) -> TestResult:
    """Return a test from pytest's report."""
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
    """Return the line of a failure that says most: what was raised, or the first."""
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    raised = [line.removeprefix("E").strip() for line in lines if line.startswith("E ")]
    named = [
        line for line in raised if re.match(r"[\w.]*(Error|Exception|Exit)\b", line)
    ]
    return (named or raised or lines or [""])[0]
