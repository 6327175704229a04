"""Is all there that training needs? A line each, with what to type where it is not."""

import re
import sys
import tempfile
import tomllib
import traceback
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ..errors import ProjectError

PACKAGE = Path(__file__).parents[1]
STEPS = ["import", "device", "data", "forward", "loss", "backward", "step"]
STEPS += ["save", "load", "output"]


def diagnose() -> bool:
    """Print a line for each thing that training needs; return whether all are there."""
    report(True, "python", f"{sys.version.split()[0]}, {sys.executable}")
    found = [check_requirement(line) for line in requirements()]
    return all(found) and check_steps()


def report(good: bool, name: str, found: str) -> bool:
    print(f"{'yes' if good else 'no':<3}  {name}: {' '.join(found.split())}")
    return good


def requirements() -> list[str]:
    """Return what `pyproject.toml` asks for; lines with a condition are pip's affair.

    Raises ProjectError where the package does not lie in its project.
    """
    path = PACKAGE.parent / "pyproject.toml"
    if not path.exists():
        raise ProjectError(f"no {path}: run doctor in the folder of the project")
    lines = tomllib.loads(path.read_text(encoding="utf-8"))["project"]["dependencies"]
    return [line for line in lines if ";" not in line]


def check_requirement(line: str) -> bool:
    """Report whether a package is installed, and no older than `name>=1.2` wants."""
    name, _, floor = line.partition(">=")
    name = re.split(r"[^\w.-]", name)[0]
    try:
        installed = version(name)
    except PackageNotFoundError:
        installed = ""
    if installed and numbers(installed) >= numbers(floor):
        return report(True, name, installed)
    missing = f"{installed} is too old" if installed else "not installed"
    return report(False, name, f"{missing}; type: python -m pip install '{line}'")


def numbers(version: str) -> list[int]:
    """Return the numbers that a version begins with: [2, 13, 0] of "2.13.0+cpu"."""
    return [int(part) for part in re.match(r"[\d.]*", version)[0].split(".") if part]


def check_steps() -> bool:
    """Report what training does, step by step, up to the first that fails."""
    with tempfile.TemporaryDirectory() as folder:
        steps = take_steps(Path(folder) / "last.pt")
        for name in STEPS:
            try:
                report(True, name, next(steps))
            except ProjectError as error:
                return report(False, name, str(error))
            except Exception as error:  # whatever can go wrong in code that was changed
                what = f"{type(error).__name__}: {error}"
                return report(False, name, f"{what}; see {place(error)}")
    return True


def take_steps(path: Path) -> Iterator[str]:
    """Yield what came of each step; `path` is for a checkpoint."""
    from .rehearsal import rehearse  # torch, or code that was changed, may be broken

    yield "all modules"
    yield from rehearse(path)


def place(error: Exception) -> str:
    """Return the last line of this project that led to an error."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if PACKAGE in Path(frame.filename).parents]
    return f"{Path(ours[-1].filename).relative_to(PACKAGE)}, line {ours[-1].lineno}"
