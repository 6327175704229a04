"""`python -m scaffold.check.worker FOLDER PACKAGE REPORT TASK` checks a project.

The findings go as JSON into the file REPORT; TASK is JSON too: the family of the task
and the results to expect.
"""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from scaffold.check.worker.generated import Found, Project
from scaffold.check.worker.runs import prove_repeatable, prove_result, prove_tests
from scaffold.check.worker.shapes import prove_data, prove_model, prove_names


def prove(project: Project, family: str, expect: list[dict[str, Any]]) -> list[Found]:
    """Return the findings of the first stage that has any; each needs those before."""
    stages: list[Callable[[], Iterator[Found]]] = [
        lambda: prove_names(project),
        lambda: prove_data(project, family),
        lambda: prove_model(project),
        lambda: prove_repeatable(project),
        lambda: prove_result(project, expect),
        lambda: prove_tests(),
    ]
    for stage in stages:
        found = list(guarded(stage))
        if found:
            return found
    return []


def guarded(stage: Callable[[], Iterator[Found]]) -> Iterator[Found]:
    """Yield the findings of a stage; what it raises is one of them."""
    try:
        yield from stage()
    except Exception as error:
        place = error.__traceback__
        while place and place.tb_next:
            place = place.tb_next
        name = Path(place.tb_frame.f_code.co_filename).name if place else "?"
        line = place.tb_lineno if place else 0
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        yield reason, f"{name}, line {line}", "make it run without this error"


if __name__ == "__main__":
    folder, package, report, wanted = sys.argv[1:]
    sys.path.insert(0, folder)
    task = json.loads(wanted)
    findings = prove(Project(package), task["family"], task["expect"])
    Path(report).write_text(json.dumps(findings), encoding="utf-8")
