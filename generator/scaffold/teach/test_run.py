"""Run the tests of a project that others wrote, in processes with limits."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

from scaffold.errors import ProjectError
from scaffold.teach.pytest_limits import IMPORT, SETTINGS

PLACE = re.compile(r'^E\s+File "(.+)", line (\d+)|^(\S+\.py):(\d+): in ', re.MULTILINE)


class TestResult(NamedTuple):
    """The outcome of a test."""

    name: str
    outcome: Literal["passed", "failed", "skipped", "not run"]
    reason: str


class Limits(NamedTuple):
    """Limits for each test; a run may last ten times as long as one test."""

    seconds: float = 60.0
    megabytes: int = 4_000

    @property
    def total(self) -> float:
        """The seconds for all tests of a project."""
        return 10 * self.seconds


DEFAULT = Limits()


class Records(NamedTuple):
    """What the tests of one process did, up to its end."""

    results: list[TestResult]
    current: str | None  # the test that was running at the end


def run_tests(
    folder: Path,
    options: Sequence[str] = (),
    limits: Limits = DEFAULT,
    exercises: Mapping[str, int] = {},
) -> list[TestResult]:
    """Run the tests of a project, and return their outcomes.

    A test that exceeds its limit ends the process; the others go on in a new one, but
    not those of the same exercise in `exercises`, nor those that need all exercises.
    Raises ProjectError if the tests cannot be run.
    """
    if sys.platform == "win32":
        raise ProjectError("tests are run with limits that Windows lacks; use WSL")
    end = time.monotonic() + limits.total
    results: list[TestResult] = []
    skip: set[str] = set()
    while (left := end - time.monotonic()) > 0:
        code, log, found = run_process(folder, options, limits, skip, left)
        results += found.results
        if found.current == IMPORT or (code > 1 and not results):
            reason = explain(code, log, limits, folder)
            raise ProjectError(f"{folder}: cannot run the tests: {reason}")
        if not found.current:
            break
        results.append(TestResult(found.current, "failed", describe_end(code, limits)))
        skip |= {function_of(result.name) for result in results}
        skip |= waiting_for(function_of(found.current), exercises)
    return results


def function_of(test: str) -> str:
    """Return the name of a test without its parameters."""
    return test.partition("[")[0]


def waiting_for(test: str, exercises: Mapping[str, int]) -> set[str]:
    """Return the tests of the same exercise, and those that need all exercises."""
    number = exercises.get(test, 0)
    return {name for name, other in exercises.items() if other in {0, number}}


def run_process(
    folder: Path,
    options: Sequence[str],
    limits: Limits,
    skip: Collection[str],
    seconds: float,
) -> tuple[int, str, Records]:
    """Run pytest once; return its exit code, its output and the records."""
    with tempfile.TemporaryDirectory(prefix="scaffold-") as scratch:
        records, log = Path(scratch, "records"), Path(scratch, "log")
        given = {**limits._asdict(), "records": str(records), "skip": sorted(skip)}
        # -P: no module of the project can be imported instead of one of pytest.
        command = [sys.executable, "-P", "-m", "pytest", "--quiet"]
        command += ["-p", "scaffold.teach.pytest_limits"]
        command += ["--continue-on-collection-errors", *options]
        environment = os.environ | {SETTINGS: json.dumps(given)}
        with (
            log.open("wb") as out,
            running(command, folder, environment, out) as process,
        ):
            try:
                code = process.wait(seconds)
            except subprocess.TimeoutExpired:
                code = -signal.SIGALRM
        lines = records.read_text("utf-8").splitlines() if records.exists() else []
        return code, log.read_text("utf-8", "replace"), read_records(lines)


@contextmanager
def running(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], out: BinaryIO
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command during a block, then kill it and what it started."""
    with subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=subprocess.STDOUT,
        env=environment,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def read_records(lines: Sequence[str]) -> Records:
    """Return the outcomes that a process recorded, and the test that it was in."""
    results: dict[str, TestResult] = {}
    current = None
    for line in lines:
        with suppress(ValueError):  # cut off, when the process was killed
            event = json.loads(line)
            if "test" in event:
                reason = first_line(event["text"]).removeprefix("Skipped: ")
                name = event["test"]
                if name not in results or event["outcome"] != "passed":
                    results[name] = TestResult(name, event["outcome"], reason)
            current = event.get("start", current)
            current = None if "end" in event else current
    return Records([r for r in results.values() if r.name != current], current)


def describe_end(code: int, limits: Limits) -> str:
    """Return why a process ended during a test."""
    if code == -signal.SIGALRM:
        return f"no result after {limits.seconds:g} seconds: an endless loop?"
    if code < 0:
        return f"the process was killed ({signal.Signals(-code).name})"
    return f"the process was ended (exit code {code})"


def explain(code: int, log: str, limits: Limits, folder: Path) -> str:
    """Return why no test ran: the place in the code, and the error."""
    lines = log.strip().splitlines()
    if code < 0 or not lines:
        return f"while it is imported: {describe_end(code, limits)}"
    if not any(line.startswith("E ") for line in lines):
        return lines[-1]
    places = [match[1] or match[3] for match in PLACE.finditer(log)]
    rows = [match[2] or match[4] for match in PLACE.finditer(log)]
    path = places[-1].removeprefix(f"{folder}/") if places else ""
    return f"{path}, line {rows[-1]}: {first_line(log)}" if path else first_line(log)


def first_line(text: str) -> str:
    """Return the most informative line of a failure: the exception, or the first."""
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    raised = [line.removeprefix("E").strip() for line in lines if line.startswith("E ")]
    named = [
        line for line in raised if re.match(r"[\w.]*(Error|Exception|Exit)\b", line)
    ]
    return (named or raised or lines or [""])[0]
