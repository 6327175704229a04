"""A pytest plugin for the code of others: limits each test, and records it at once.

It runs in the process of the tests, which may be killed at any time. `run_tests` of
test_run.py reads the records.
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

SETTINGS = "SCAFFOLD_TEST_RUN"  # the environment variable with the settings, as JSON
MAX_FILE_BYTES = 100_000_000
IMPORT = ""  # what runs before the first test

if sys.platform != "win32":
    import resource


def settings() -> dict[str, Any]:
    """Return the settings of the run."""
    found: dict[str, Any] = json.loads(os.environ[SETTINGS])
    return found


def record(**event: str) -> None:
    """Append an event to the records."""
    with Path(settings()["records"]).open("a", encoding="utf-8") as file:
        file.write(json.dumps(event) + "\n")


def pytest_load_initial_conftests() -> None:
    """Set the limits, before any code of the project is imported."""
    limits = {resource.RLIMIT_FSIZE: MAX_FILE_BYTES, resource.RLIMIT_CORE: 0}
    limits[resource.RLIMIT_DATA] = settings()["megabytes"] * 1_000_000
    for kind, number in limits.items():
        _, highest = resource.getrlimit(kind)
        lower = number if highest == resource.RLIM_INFINITY else min(number, highest)
        resource.setrlimit(kind, (lower, lower))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # ends the process, also in C code
    begin(IMPORT)


def begin(name: str) -> None:
    """Record the start of a test, and start its time."""
    record(start=name)
    signal.setitimer(signal.ITIMER_REAL, settings()["seconds"])


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """Leave out the tests that have a result from an earlier process."""
    done = set(settings()["skip"])
    items[:] = [item for item in items if item.nodeid.partition("[")[0] not in done]


def pytest_collection_finish() -> None:
    """Record that everything was imported."""
    record(end=IMPORT)


def pytest_collectreport(report: Any) -> None:
    """Record a file of tests that cannot be imported."""
    if report.failed:
        record(test=report.nodeid, outcome="failed", text=report.longreprtext)


def pytest_runtest_logstart(nodeid: str) -> None:
    """Start the time of a test."""
    begin(nodeid)


def pytest_runtest_logreport(report: Any) -> None:
    """Record the outcome of a test, or of an error in a fixture."""
    if report.when == "call" or not report.passed:
        text = "" if report.passed else report.longreprtext
        if isinstance(report.longrepr, tuple):  # of a test that was skipped
            text = report.longrepr[2]
        elif report.failed:  # what the hooks of exercises say in one line
            text = dict(report.user_properties).get("explanation", text)
        record(test=report.nodeid, outcome=report.outcome, text=text)


def pytest_runtest_logfinish(nodeid: str) -> None:
    """Stop the time of a test."""
    signal.setitimer(signal.ITIMER_REAL, 0)
    record(end=nodeid)
