"""Check the environment, and run one training step end to end."""

import sys
import tomllib
import traceback
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from packaging.requirements import Requirement

PACKAGE = Path(__file__).parent


class CheckError(Exception):
    """A check that fails: the reason, and what to do."""


def doctor() -> None:
    """Check dependencies and run one training step end to end."""
    print_check(True, "python", sys.version.split()[0])
    results = [check_requirement(line) for line in read_requirements()]
    if not all(results) or not check_pipeline():
        raise SystemExit(1)


def print_check(ok: bool, name: str, detail: str) -> bool:
    """Print the line of a check, and return its result."""
    print(f"{'ok' if ok else 'FAIL':<4}  {name}: {' '.join(detail.split())}")
    return ok


def read_requirements() -> list[str]:
    """Return the dependencies in pyproject.toml."""
    path = PACKAGE.parent / "pyproject.toml"
    if not path.exists():
        raise SystemExit(f"error: {path} not found; run doctor in the project")
    project = tomllib.loads(path.read_text(encoding="utf-8"))["project"]
    return project["dependencies"]


def check_requirement(line: str) -> bool:
    """Check that a required package is installed, in a version that fits."""
    requirement = Requirement(line)
    if requirement.marker and not requirement.marker.evaluate():
        return True  # not needed on this platform
    try:
        installed = version(requirement.name)
    except PackageNotFoundError:
        installed = ""
    if installed and requirement.specifier.contains(installed, prereleases=True):
        return print_check(True, requirement.name, installed)
    found = f"{installed} does not fit" if installed else "not installed"
    return print_check(False, requirement.name, f"{found}; run pip install '{line}'")


def check_pipeline() -> bool:
    """Run the checks of the smoke test, up to the first that fails."""
    name = "import"
    try:
        from .smoke_test import SmokeTest  # imports all modules of the project

        for check in SmokeTest().checks():
            name = check.__name__.removeprefix("check_")
            print_check(True, name, check())
    except (CheckError, SystemExit) as error:
        return print_check(False, name, str(error).removeprefix("error: "))
    except Exception as error:  # any error that a changed file can raise
        cause = f"{type(error).__name__}: {error}"
        return print_check(False, name, f"{cause}; see {locate(error)}")
    return True


def locate(error: Exception) -> str:
    """Return the last line of this project that led to an error."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if PACKAGE in Path(frame.filename).parents]
    return f"{Path(ours[-1].filename).name}, line {ours[-1].lineno}"
