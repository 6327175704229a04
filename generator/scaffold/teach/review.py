"""A submission under review: exercise by exercise, file by file, test by test."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Literal, NamedTuple
from xml.etree import ElementTree

from scaffold.errors import ProjectError
from scaffold.project.local_changes import Change, Comparison, count_lines, read
from scaffold.project.project_state import Existing, pristine

SPAN = re.compile(
    r"^ *# exercise (\d+): (.*?)\n(.*?)^ *# end of exercise \1$",
    re.MULTILINE | re.DOTALL,
)
LONGEST = 900  # seconds that the tests of one project may take


class Work(NamedTuple):
    """What was written for an exercise in one file, in lines."""

    number: int
    title: str
    path: str
    state: Literal["open", "written", "marks gone"]
    added: int
    removed: int


class Test(NamedTuple):
    """A test of the project, and how it went."""

    name: str
    outcome: Literal["passed", "failed", "skipped"]
    reason: str


class Review(NamedTuple):
    """All that there is to say of a submission; no tests if they were not run."""

    work: list[Work]
    changes: list[Change]
    tests: list[Test] | None


def review(project: Existing, compared: Comparison, run_tests: bool) -> Review:
    """Return a review of a project; with `run_tests` its code is run."""
    tests = test(project.folder) if run_tests else None
    return Review(list_work(project), compared.changes, tests)


def list_work(project: Existing) -> list[Work]:
    """Return what was written for each exercise, in their order."""
    found = []
    for path, file in pristine(project).items():
        if path.endswith(".py"):
            now = read(project.folder / path)
            text = now.data.decode(errors="replace") if now else ""
            found += compare_spans(path, file.data.decode(), text)
    return sorted(found)


def compare_spans(path: str, before: str, after: str) -> list[Work]:
    """Return what was written between the marks of the exercises in a file."""
    was, now = spans(before), spans(after)
    work = []
    for (number, title), text in was.items():
        written = now.get((number, title))
        lines = count_lines(text, written or "")
        if written is None:
            work.append(Work(number, title, path, "marks gone", 0, lines.removed))
            continue
        still = f'"exercise {number}: ' in written
        work.append(Work(number, title, path, "open" if still else "written", *lines))
    return work


def spans(text: str) -> dict[tuple[int, str], str]:
    """Return what stands between the marks of each exercise, by number and title."""
    found: dict[tuple[int, str], str] = {}
    for match in SPAN.finditer(text.replace("\r\n", "\n")):
        key = int(match[1]), match[2]
        found[key] = found.get(key, "") + match[3]
    return found


def test(folder: Path) -> list[Test]:
    """Run the tests of a project in a process of its own; return how each went.

    Raises ProjectError if they cannot be run at all.
    """
    with tempfile.TemporaryDirectory(prefix="scaffold-") as scratch:
        report = Path(scratch) / "report.xml"
        command = [sys.executable, "-m", "pytest", "--quiet", f"--junitxml={report}"]
        try:
            done = subprocess.run(
                command, cwd=folder, capture_output=True, text=True, timeout=LONGEST
            )
        except subprocess.TimeoutExpired as error:
            message = f"its tests were stopped after {LONGEST} seconds"
            raise ProjectError(f"{folder}: {message}") from error
        if not report.exists():
            lines = (done.stderr or done.stdout).strip().splitlines()
            reason = lines[-1] if lines else "pytest said nothing"
            raise ProjectError(f"{folder}: its tests cannot be run: {reason}")
        cases = ElementTree.parse(report).getroot().iter("testcase")
        return [read_case(case) for case in cases]


def read_case(case: ElementTree.Element) -> Test:
    """Return a test from pytest's report."""
    module, name = case.get("classname", ""), case.get("name", "")
    name = f"{module.replace('.', '/')}.py::{name}" if module else name
    for tag in ("failure", "error"):
        for found in case.iter(tag):
            text = found.text or found.get("message") or ""
            return Test(name, "failed", first_line(text))
    for found in case.iter("skipped"):
        return Test(name, "skipped", first_line(found.get("message") or ""))
    return Test(name, "passed", "")


def first_line(text: str) -> str:
    """Return the line of a failure that says most: what was raised, or the first."""
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    raised = [line.removeprefix("E").strip() for line in lines if line.startswith("E ")]
    named = [
        line for line in raised if re.match(r"[\w.]*(Error|Exception|Exit)\b", line)
    ]
    return (named or raised or lines or [""])[0]
