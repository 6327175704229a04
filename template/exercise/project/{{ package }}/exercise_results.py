"""Run the tests of the exercises in a process of its own, and read the results."""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

PACKAGE = Path(__file__).parent
LIMIT_S, IMPORT_LIMIT_S = 20, 120  # for one test, and for all imports


class Results(NamedTuple):
    """What became of the tests: a row with test, outcome and message for each."""

    rows: list[dict[str, str]]

    def failures(self, tests: list[str]) -> list[str]:
        """Return the messages of those tests that failed, in order, each once."""
        found = [
            r for r in self.rows if r["test"] in tests and r["outcome"] == "failed"
        ]
        found.sort(key=lambda row: tests.index(row["test"]))
        return list(dict.fromkeys(row["message"] for row in found))

    def passed(self, tests: list[str]) -> bool:
        """Return whether all of these tests ran and passed."""
        found = [row for row in self.rows if row["test"] in tests]
        names = {row["test"] for row in found}
        return names == {*tests} and all(row["outcome"] == "passed" for row in found)


def run_tests(root: Path, tests: list[str]) -> Results:
    """Return the results of the tests of a project; exit if they cannot be run."""
    for name in ("tests/conftest.py", *tests):
        path = name.partition("::")[0]
        if not (root / path).exists():
            raise SystemExit(f"error: cannot run the tests: restore {path}")
    rows, end = run_pytest(root)
    for row in rows:
        if "error" in row:
            raise SystemExit(f"error: cannot run your code: {row['error']}")
    unfinished = rows[-1:] if rows and rows[-1]["outcome"] == "running" else []
    rows = [row for row in rows if row["outcome"] != "running"]
    for row in unfinished:
        rows.append({**row, "outcome": "failed", "message": end})
    ran = {row["test"] for row in rows}
    missing = [test for test in tests if test not in ran]
    if not rows:
        raise SystemExit(f"error: cannot run your code: {end}")
    if missing and not unfinished:
        path, _, name = missing[0].partition("::")
        what = f"{path} has no {name}, or it belongs to no exercise"
        raise SystemExit(f"error: cannot run the tests: {what}; restore {path}")
    return Results(rows)


def run_pytest(root: Path) -> tuple[list[dict[str, str]], str]:
    """Return a row for each step of pytest, and how it ended if it did too early."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report"
        report.touch()
        command = [sys.executable, "-m", f"{__package__}.exercise_hooks", str(report)]
        paths = [str(PACKAGE.parent), os.environ.get("PYTHONPATH", "")]
        done = subprocess.run(
            command,
            cwd=root,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))},
            capture_output=True,
            text=True,
            errors="replace",
        )
        rows = [json.loads(line) for line in report.read_text().splitlines()]
    lines = done.stderr.strip().splitlines()
    end = f"Python ended with exit code {done.returncode}: {' '.join(lines[-1:])}"
    if "Timeout (" in done.stderr:
        package = re.escape(str(PACKAGE.relative_to(root)))
        own = rf"(?:{package}|tests)\W"  # not a virtual environment in the project
        place = rf'File "{re.escape(str(root))}.({own}.*?)", line (\d+)'
        found = re.search(place, done.stderr)
        where = f"{found[1]}, line {found[2]}: " if found else ""
        end = f"{where}it does not end; is there an endless loop?"
    return rows, end
