"""Run the tests of a project with pytest."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from scaffold.check.worker.failures import explain
from scaffold.check.worker.interface import Found


class Failures:
    """A plugin of pytest that records which tests fail, why, and where."""

    def __init__(self, own: Collection[str]) -> None:
        self.own = own
        self.found: list[Found] = []
        self.open: list[str] = []  # the tests of an exercise that is open

    def pytest_exception_interact(self, node: Any, call: Any, report: Any) -> None:
        if str(report.longrepr).startswith("exercise "):
            self.open.append(str(report.longrepr))
        elif report.failed:
            self.found.append(self.describe(node, call.excinfo))

    def describe(self, node: Any, info: Any) -> Found:
        """Return the finding of a test that fails, or of a file that is no test."""
        error = info.value
        if type(error).__name__ == "CollectError":  # it quotes the whole traceback
            error = error.__cause__ or error
        reason = info.exconly(tryshort=True).splitlines() or [type(error).__name__]
        if error is not info.value:
            reason = f"{type(error).__name__}: {error}".splitlines()
        test = node.nodeid.partition("[")[0]
        where = explain(error, Path.cwd(), self.own)
        if where.partition(",")[0] == test.partition("::")[0]:
            return (
                f"a test fails: {reason[0]}",
                test,
                "fix it, or the code that it tests",
            )
        return reason[0], where, f"make {test} pass"


def run_pytest(paths: Collection[str], own: Collection[str]) -> tuple[int, Failures]:
    """Run test files of the project in this folder, or all tests."""
    import pytest

    failures = Failures(own)
    options = ["-q", "-p", "no:cacheprovider", "--tb=short"]
    return int(pytest.main([*options, *paths], plugins=[failures])), failures


def check_tests(package: str, facts: Mapping[str, Any]) -> Iterator[Found]:
    """Yield the tests of the project that fail."""
    code, failures = run_pytest(facts["tests"], facts["own"])
    yield from failures.found
    if code and not failures.found:
        yield f"pytest exits with {code}", "tests/", "run pytest in the project"


def check_first_exercise(package: str, facts: Mapping[str, Any]) -> Iterator[Found]:
    """Yield what is wrong with exercises: only tests of the first open one may fail."""
    _, failures = run_pytest([], facts["own"])
    yield from failures.found
    first = f"exercise {facts['first']}"
    failed = {reason.partition(":")[0] for reason in failures.open}
    how = "see ### EXERCISE in docs/plugin-contract.md"
    if not failures.found and first not in failed:
        yield f"no test fails while {first} is open", "tests/", how
    for other in sorted(failed - {first}):
        yield f"a test of {other} fails while {first} is open", "tests/", how
