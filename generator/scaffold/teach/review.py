"""Review a submission: its exercises, changed files and tests."""

import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple
from xml.etree import ElementTree

from scaffold.errors import ProjectError
from scaffold.project.create import write_tree
from scaffold.project.local_changes import (
    Change,
    LocalChanges,
    count_lines,
    read_if_file,
)
from scaffold.project.project_state import ExistingProject, render_original
from scaffold.tree import Tree

EXERCISE_BLOCK = re.compile(
    r"^ *# exercise (\d+): (.*?)\n(.*?)^ *# end of exercise \1$",
    re.MULTILINE | re.DOTALL,
)
TEST = re.compile(r"^def (test_\w+)", re.MULTILINE)
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
    outcome: Literal["passed", "failed", "skipped", "not run"]
    reason: str


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
    generated = run_original_tests(project.folder, original) if tampered else tests
    return Review(exercises, compared.changes, tests, generated)


def list_exercises(folder: Path, original: Tree) -> list[ExerciseResult]:
    """Return the state of each exercise, in order."""
    found = []
    for path, file in original.items():
        if path.endswith(".py"):
            now = read_if_file(folder / path)
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


def is_of_tests(path: str) -> bool:
    """Return whether a file may decide which tests run, and how."""
    return path.startswith("tests/") or path.endswith(
        ("pyproject.toml", "conftest.py", ".ini", ".cfg")
    )


def run_original_tests(folder: Path, original: Tree) -> list[TestResult]:
    """Run the tests as they were generated on the code that a project has now."""
    tree = {path: file for path, file in original.items() if is_of_tests(path)}
    with tempfile.TemporaryDirectory(prefix="scaffold-") as scratch:
        write_tree(tree, Path(scratch))
        package_path = shlex.quote(str(folder.absolute()))
        options = ["-c", f"{scratch}/pyproject.toml", "--rootdir", scratch]
        options += ["-o", f"pythonpath={package_path}"]
        results = run_tests(folder, [*options, "-p", "no:cacheprovider", scratch])
    ran = {result.name.partition("[")[0] for result in results}
    names = (
        f"{path}::{name}"
        for path, file in tree.items()
        for name in TEST.findall(file.data.decode())
    )
    missing = [TestResult(name, "not run", "") for name in names if name not in ran]
    return [*results, *missing]


def run_tests(folder: Path, options: Sequence[str] = ()) -> list[TestResult]:
    """Run the tests of a project in a subprocess; return their outcomes.

    Raises ProjectError if they cannot be run.
    """
    with tempfile.TemporaryDirectory(prefix="scaffold-") as scratch:
        report = Path(scratch) / "report.xml"
        command = [sys.executable, "-m", "pytest", "--quiet", f"--junitxml={report}"]
        command += options
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
