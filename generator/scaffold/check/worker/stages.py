"""The stages of the check that execute a project; each needs those before it."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from scaffold.check.worker.failures import explain
from scaffold.check.worker.interface import (
    Found,
    check_data,
    check_names,
    check_outputs,
)
from scaffold.check.worker.results import check_results
from scaffold.check.worker.tests import check_first_exercise, check_tests

Facts = Mapping[str, Any]  # of a project, as contract.py describes it


def check_interface(package: str, facts: Facts) -> Iterator[Found]:
    """Yield where the modules of a task are not what the core expects."""
    for check in (check_names, check_data, check_outputs):
        found = list(check(package, facts))
        yield from found
        if found:
            return


STAGES: dict[str, Callable[[str, Facts], Iterator[Found]]] = {
    "interface": check_interface,
    "tests": check_tests,
    "exercises": check_first_exercise,
    "training": check_results,
}


def run_stage(name: str, package: str, facts: Facts) -> list[Found]:
    """Return the findings of a stage; an error that it raises is one of them."""
    found: list[Found] = []
    try:
        found.extend(STAGES[name](package, facts))
    except (Exception, SystemExit) as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        where = explain(error, Path.cwd(), facts["own"])
        found.append((reason, where, "make it run without this error"))
    return found
