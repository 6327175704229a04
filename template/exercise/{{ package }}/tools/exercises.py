"""The exercises of this project: which are done, which is next, and a hint for it."""

import tomllib
from argparse import Namespace
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import pytest

PACKAGE = Path(__file__).parents[1]
ROOT = PACKAGE.parent


class Exercise(NamedTuple):
    """A part of this project that is yours to write."""

    number: int
    title: str
    task: str
    hint: str

    @property
    def files(self) -> list[Path]:
        """The files in which it is still to be written."""
        raised = f'"exercise {self.number}: '
        return [p for p in sorted(PACKAGE.glob("*.py")) if raised in p.read_text()]


def all_exercises() -> list[Exercise]:
    """Return the exercises in their order."""
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())
    return [Exercise(**row) for row in table["exercise"]]


def first_open() -> Exercise | None:
    """Return the first exercise that is still to be written, None if all are."""
    return next((exercise for exercise in all_exercises() if exercise.files), None)


def show(args: Namespace) -> None:
    """Show which exercises are done, and which is next; --hint helps with it."""
    exercises, failed = all_exercises(), failing_tests()
    following = next((e for e in exercises if e.files or failed[e.number]), None)
    for exercise in exercises:
        state = "to be written" if exercise.files else "done"
        if not exercise.files and failed[exercise.number]:
            state = f"not right yet: {failed[exercise.number][0]}"
        arrow = "->" if exercise == following else "  "
        print(f"{arrow} {exercise.number} {exercise.title:<24} {state}")
    if following is None:
        print("\nAll exercises are done. Now train: see the README.")
        return
    print(f"\nNext: exercise {following.number}, {following.title}.\n{following.task}.")
    for path in following.files:
        print(f"In {path.relative_to(ROOT)}.")
    print(f"Hint: {following.hint}." if args.hint else "A hint: add --hint.")


def failing_tests() -> defaultdict[int, list[str]]:
    """Run the tests of the exercises; return those that fail, by exercise."""
    recorder = Recorder()
    words = ["-p", "no:terminal", "-p", "no:cacheprovider", "-m", "exercise"]
    pytest.main([*words, "--rootdir", str(ROOT), str(ROOT)], plugins=[recorder])
    return recorder.failed


class Recorder:
    """Takes note of the tests that fail, while pytest runs."""

    def __init__(self) -> None:
        self.exercises: dict[str, list[int]] = {}
        self.failed: defaultdict[int, list[str]] = defaultdict(list)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Remember which exercises each test belongs to."""
        self.exercises = {item.nodeid: numbers(item) for item in items}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test that failed under each of its exercises."""
        if report.failed:
            for number in self.exercises[report.nodeid]:
                self.failed[number].append(report.nodeid)


def numbers(item: pytest.Item) -> list[int]:
    """Return the exercises that a test belongs to."""
    return [mark.args[0] for mark in item.iter_markers("exercise")]


def judge(
    report: pytest.TestReport, item: pytest.Item, caught: pytest.ExceptionInfo | None
) -> pytest.TestReport:
    """Let a test of the first open exercise fail with its task, and others wait."""
    first, own = first_open(), numbers(item)
    if not first or not report.failed:
        return report
    number = open_exercise(caught.value) if caught else 0
    if number == first.number and number in own:
        place = ", ".join(path.name for path in first.files)
        what = f"exercise {number}, {first.title}, in {place}: {first.task}"
        report.longrepr = f"{what} (python -m {PACKAGE.name} exercises --hint)"
    elif number or not any(other <= first.number for other in own):
        report.outcome = "skipped"
        reason = f"waiting for exercise {first.number}"
        report.longrepr = (str(item.path), item.location[1], reason)
    return report  # else one that is written, but not right yet


def open_exercise(error: BaseException | None) -> int:
    """Return the number of the exercise that an error comes from, 0 for none."""
    while error:
        words = str(error).split(maxsplit=2)
        if isinstance(error, NotImplementedError) and words[:1] == ["exercise"]:
            return int(words[1].rstrip(":"))
        error = error.__cause__ or error.__context__
    return 0
