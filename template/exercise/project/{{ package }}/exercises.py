"""The exercises of this project: which are done, which is next, and a hint for it."""

import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

PACKAGE = Path(__file__).parent
ROOT = PACKAGE.parent
HINT = f"(python -m {PACKAGE.name} exercises --hint)"
NO_EXERCISE = 1_000  # the number of a test that needs all exercises

failed: dict[int, str] = {}  # the first test that failed, by exercise


class Exercise(NamedTuple):
    """A part of this project that you write."""

    number: int
    title: str
    task: str
    hint: str

    @property
    def files(self) -> list[Path]:
        """The files in which it is still open."""
        start = f'"exercise {self.number}: '
        paths = [*PACKAGE.glob("*.py"), *ROOT.glob("notebooks/*.ipynb")]
        return [path for path in paths if start in path.read_text(encoding="utf-8")]


def read_exercises() -> list[Exercise]:
    """Return the exercises in their order."""
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())
    return [Exercise(**row) for row in table["exercise"]]


def exercises(hint: bool = False) -> None:
    """Show which exercises are done and which is next; --hint helps with it."""
    import pytest  # imported here, because it is needed for the tests only

    options = ["-pno:terminal", "-pno:cacheprovider", "--assert=plain", "-mexercise"]
    if pytest.main([*options, "--rootdir", str(ROOT), str(ROOT / "tests")]) > 1:
        raise SystemExit("error: the tests cannot be run; `pytest` shows why")
    todo = [e for e in read_exercises() if e.files or e.number in failed]
    for exercise in read_exercises():
        arrow = "->" if exercise in todo[:1] else "  "
        print(f"{arrow} {exercise.number} {exercise.title:<24} {state(exercise)}")
    if not todo:
        return print("\nAll exercises are done. Now train: see the README.")
    print(f"\nNext: {todo[0].title}.\n{todo[0].task}.")
    for path in todo[0].files:
        print(f"In {path.relative_to(ROOT)}.")
    return print(f"Hint: {todo[0].hint}." if hint else "A hint: add --hint.")


def state(exercise: Exercise) -> str:
    """Return what remains to be done in an exercise."""
    if exercise.files:
        return "open"
    if exercise.number not in failed:
        return "done"
    first = exercise.number == min(failed)
    return f"not right yet: {failed[exercise.number]}" if first else "waiting"


def print_error(kind, error: BaseException, traceback) -> None:
    """Print which exercise is open, in one line; of other errors, the traceback."""
    if not str(error).startswith("exercise "):
        return sys.__excepthook__(kind, error, traceback)
    return print(f"error: {error} {HINT}", file=sys.stderr)


# Hooks of pytest, which tests/conftest.py calls.
def number_of(item) -> int:
    """Return the number of the exercise that a test belongs to."""
    numbers = [mark.args[0] for mark in item.iter_markers("exercise")]
    return max(numbers, default=NO_EXERCISE)


def reason_to_wait(item) -> str:
    """Return why not to run a test that needs all exercises; "" if they are done."""
    waiting = failed and number_of(item) == NO_EXERCISE
    return f"waiting for exercise {min(failed)}" if waiting else ""


def judge(report, item, error: BaseException | None):
    """Let only the first exercise fail that is open or wrong; later ones wait."""
    number = number_of(item)
    if not report.failed or number == NO_EXERCISE:
        return report
    failed.setdefault(number, item.nodeid)
    if number > min(failed):
        report.outcome = "skipped"
        reason = f"waiting for exercise {min(failed)}"
        report.longrepr = (str(item.path), item.location[1], reason)
    while error and not str(error).startswith("exercise "):
        error = error.__cause__ or error.__context__
    if error and report.failed:
        report.longrepr = f"{error} {HINT}"
    return report
