"""`python -m scaffold.check.worker FOLDER PACKAGE REPORT TASK` checks a project.

The findings go as JSON into the file REPORT. TASK is JSON, too: the facts of the task
to check and the results to expect, or null to run only the tests of the project.
"""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from scaffold.check.worker.interface import Found, check_data, check_names
from scaffold.check.worker.results import check_results, check_tests

Stage = Callable[[], Iterator[Found]]


def run_stages(stages: list[Stage]) -> list[Found]:
    """Return the findings of the first stage that has any; each needs those before."""
    for stage in stages:
        found = list(catch_errors(stage))
        if found:
            return found
    return []


def catch_errors(stage: Stage) -> Iterator[Found]:
    """Yield the findings of a stage; an error that it raises is one of them."""
    try:
        yield from stage()
    except (Exception, SystemExit) as error:
        place = error.__traceback__
        while place and place.tb_next:
            place = place.tb_next
        name = Path(place.tb_frame.f_code.co_filename).name if place else "?"
        line = place.tb_lineno if place else 0
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        yield reason, f"{name}, line {line}", "make it run without this error"


def list_stages(package: str, task: dict[str, Any] | None) -> list[Stage]:
    """Return the checks of a project of a task, or of a feature if there is no task."""
    if task is None:
        return [check_tests]
    return [
        lambda: check_names(package, task),
        lambda: check_data(package, task),
        check_tests,
        lambda: check_results(package, task),
    ]


if __name__ == "__main__":
    folder, package, report, task = sys.argv[1:]
    sys.path.insert(0, folder)
    findings = run_stages(list_stages(package, json.loads(task)))
    Path(report).write_text(json.dumps(findings), encoding="utf-8")
