"""Test the exercises in their order, so that only the first fails and others wait.

tests/conftest.py calls it. As a program it runs the tests of the exercises, and writes
to a file what becomes of each.
"""

import faulthandler
import json
import sys
import traceback
from pathlib import Path

import pytest

from .exercise_results import IMPORT_LIMIT_S, LIMIT_S
from .exercises import HINT, PACKAGE, ROOT

NO_EXERCISE = 1_000  # the number of a test that needs all exercises

failed: set[int] = set()  # the exercises of which a test has failed


def number_of(item) -> int:
    """Return the number of the exercise that a test belongs to."""
    numbers = [mark.args[0] for mark in item.iter_markers("exercise")]
    return max(numbers, default=NO_EXERCISE)


def wait_for_exercises(item) -> None:
    """Skip a test that needs all exercises while one of them fails."""
    if failed and number_of(item) == NO_EXERCISE:
        pytest.skip(f"waiting for exercise {min(failed)}")


def judge(report, item, error: BaseException | None):
    """Let only the first exercise fail that is open or wrong; later ones wait."""
    number = number_of(item)
    if not report.failed or number == NO_EXERCISE:
        return report
    failed.add(number)
    explanation = explain(error)
    item.user_properties.append(("explanation", explanation))  # for reports
    report.user_properties = item.user_properties
    if number > min(failed):
        report.outcome = "skipped"
        reason = f"waiting for exercise {min(failed)}"
        report.longrepr = (str(item.path), item.location[1], reason)
    elif explanation.startswith("exercise "):
        report.longrepr = f"{explanation} {HINT}"
    return report


def explain(error: BaseException) -> str:
    """Return in one line which exercise is open, or what is wrong, and where."""
    if is_open := find_open(error):
        return is_open
    while error.__cause__ or is_other_error(error):
        error = error.__cause__ or error.__context__
    frames = traceback.extract_tb(error.__traceback__)
    places = [(Path(frame.filename), frame.lineno) for frame in frames]
    text = str(error).strip() or (frames[-1].line if frames else "")
    if isinstance(error, SyntaxError):
        places.append((Path(error.filename or ""), error.lineno))
        text = error.msg
    text = text.partition("\n")[0]
    if isinstance(error, pytest.fail.Exception):
        return text
    if isinstance(error, AssertionError) and is_of_test(places):
        return text
    if "NoneType" in text:
        text += "; is a `return` missing, or can an argument be None?"
    return f"{locate(places)}{type(error).__name__}: {text}"


def is_other_error(error: BaseException) -> bool:
    """Return whether pytest.raises() got an error with another message."""
    is_mismatch = str(error).startswith("Regex pattern did not match")
    return is_mismatch and error.__context__ is not None


def is_of_test(places: list[tuple[Path, int | None]]) -> bool:
    """Return whether a test, and not the package, made the innermost call."""
    own = (path for path, line in reversed(places) if locate([(path, line)]))
    return not next(own, ROOT).is_relative_to(PACKAGE)


def find_open(error: BaseException | None) -> str:
    """Return what the open exercise says that an error comes from, or ""."""
    while error and not str(error).startswith("exercise "):
        error = error.__cause__ or error.__context__
    return str(error or "")


def locate(places: list[tuple[Path, int | None]]) -> str:
    """Return the innermost place in the package, or else in the tests."""
    for folder in (PACKAGE, ROOT / "tests"):
        for path, line in reversed(places):
            if path.is_relative_to(folder):
                return f"{path.relative_to(ROOT).as_posix()}, line {line}: "
    return ""


class Recorder:
    """Writes what becomes of each test as soon as it is known."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)

    def write(self, **row: str) -> None:
        with self.path.open("a") as file:
            print(json.dumps(row), file=file)

    @pytest.hookimpl(wrapper=True)
    def pytest_load_initial_conftests(self):
        try:
            return (yield)
        except BaseException as error:
            self.write(error=explain(error))
            raise

    def pytest_exception_interact(self, node, call):
        if isinstance(node, pytest.Collector):
            self.write(error=explain(call.excinfo.value))

    def pytest_internalerror(self, excinfo):
        self.write(error=explain(excinfo.value))

    def pytest_runtest_logstart(self, nodeid):
        faulthandler.dump_traceback_later(LIMIT_S, exit=True)
        self.write(test=nodeid.partition("[")[0], outcome="running")

    def pytest_runtest_logreport(self, report):
        if report.when == "call" or not report.passed:
            message = dict(report.user_properties).get("explanation", "")
            test = report.nodeid.partition("[")[0]
            self.write(test=test, outcome=report.outcome, message=message)


if __name__ == "__main__":
    faulthandler.dump_traceback_later(IMPORT_LIMIT_S, exit=True)
    options = ["--assert=plain", "--capture=no", "-mexercise", f"--rootdir={ROOT}"]
    options += ["-pno:terminal", "-pno:cacheprovider", "-pno:faulthandler"]
    options += ["-pno:unraisableexception", f"--basetemp={sys.argv[1]}-files"]
    recorder = Recorder(sys.argv[1])
    raise SystemExit(pytest.main([*options, str(ROOT / "tests")], [recorder]))
