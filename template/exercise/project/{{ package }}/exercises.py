"""The exercises of this project: which are solved, which is next, and hints for it."""

import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Annotated, NamedTuple

from tyro import conf

from .exercise_results import Results, run_tests

PACKAGE = Path(__file__).parent
FOLDERS = PACKAGE.parents  # of which the project is one: the package can be in src/
ROOT = next((p for p in FOLDERS if (p / "pyproject.toml").exists()), PACKAGE.parent)
HINT = f"(python -m {PACKAGE.name} exercises --hint)"
POLL_S = 0.5

Hint = Annotated[
    tuple[int, ...] | None,
    conf.arg(metavar="[N]", help="show a hint for the next exercise, or its first N"),
]
Watch = Annotated[bool, conf.arg(help="run again whenever a file is saved")]


class Exercise(NamedTuple):
    """A part of this project that you write, and the tests that it has to pass."""

    number: int
    title: str
    task: str
    hints: list[str]
    tests: list[str]

    @property
    def files(self) -> list[Path]:
        """The files in which it is still open."""
        start = f'"exercise {self.number}: '
        paths = [*PACKAGE.glob("*.py"), *ROOT.glob("notebooks/*.ipynb")]
        return [path for path in paths if start in path.read_text(encoding="utf-8")]

    def state(self, results: Results) -> str:
        """Return "solved" if all of its tests passed, or else what is to be done."""
        if self.files:
            return "open"
        if any(results.failures(self.tests)):
            return "not right yet"
        return "solved" if results.passed(self.tests) else "waiting"


def read_exercises() -> list[Exercise]:
    """Return the exercises in their order."""
    text = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    return [Exercise(**row) for row in tomllib.loads(text)["exercise"]]


def exercises(hint: Hint = None, watch: Watch = False) -> None:
    """Show which exercises are solved and which is next; exit with 0 if all are."""
    if watch:
        return run_on_save(sys.argv[1:])
    if hint and hint[0] < 1:
        raise SystemExit("error: --hint takes the number of hints, 1 or more")
    todo = None
    found = read_exercises()
    results = run_tests(ROOT, [test for exercise in found for test in exercise.tests])
    for exercise in found:
        state = exercise.state(results)
        arrow = "  "
        if state != "solved" and not todo:
            todo, arrow = exercise, "->"
        print(f"{arrow} {exercise.number} {exercise.title:<24} {state}")
    if not todo:
        return print("\nAll exercises are solved. Now train: see the README.")
    print_next(todo, results)
    print_hints(todo.hints, (*hint, 1)[0] if hint is not None else 0)
    raise SystemExit(1)


def print_next(exercise: Exercise, results: Results) -> None:
    """Print what to write, or what is wrong, and by which tests it is judged."""
    print(f"\nNext: {exercise.title}.\n{exercise.task}.")
    for path in exercise.files:
        print(f"In {path.relative_to(ROOT)}.")
    for failure in results.failures(exercise.tests) if not exercise.files else ():
        print(f"Not right yet: {failure}")
    print("Its tests:", *exercise.tests, sep="\n  ")


def print_hints(hints: list[str], number: int) -> None:
    """Print the first hints, and how to get one more."""
    for hint in hints[:number]:
        print(f"Hint: {hint}.")
    if number < len(hints):
        more = f" {number + 1}" if number else ""
        print(f"{'Another' if number else 'A'} hint: add --hint{more}.")


def run_on_save(words: list[str]) -> None:
    """Run the command again whenever a file is saved, until Ctrl-C."""
    words = [word for word in words if word != "--watch"]
    while True:
        before = read_mtimes()
        subprocess.run([sys.executable, "-m", PACKAGE.name, *words], check=False)
        print("\nWaiting for a file to be saved; Ctrl-C ends this.\n", flush=True)
        while read_mtimes() == before:
            time.sleep(POLL_S)


def read_mtimes() -> dict[Path, float]:
    """Return when each file of the project was written last."""
    paths = [*PACKAGE.rglob("*.py"), *ROOT.glob("tests/*.py")]
    paths += ROOT.glob("notebooks/*.ipynb")
    return {path: path.stat().st_mtime for path in paths}


def print_error(kind, error: BaseException, traceback) -> None:
    """Print which exercise is open, in one line; of other errors, the traceback."""
    if not str(error).startswith("exercise "):
        return sys.__excepthook__(kind, error, traceback)
    return print(f"error: {error} {HINT}", file=sys.stderr)
