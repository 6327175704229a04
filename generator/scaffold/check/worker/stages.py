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

Facts = Mapping[str, Any]  # of a project
Check = Callable[[str, Facts], Iterator[Found]]


def check_interface(package: str, facts: Facts) -> Iterator[Found]:
    """Yield where the modules of a task are not what the core expects."""
    yield from first_findings(package, facts, check_names, check_data, check_outputs)


def check_exercises(package: str, facts: Facts) -> Iterator[Found]:
    """Yield what is wrong with a project whose exercises are open."""
    yield from first_findings(package, facts, check_names, check_first_exercise)


def first_findings(package: str, facts: Facts, *checks: Check) -> list[Found]:
    """Return the findings of the first check that has any; each needs those before."""
    return next(filter(None, (list(check(package, facts)) for check in checks)), [])


STAGES: dict[str, Check] = {
    "interface": check_interface,
    "tests": check_tests,
    "exercises": check_exercises,
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
