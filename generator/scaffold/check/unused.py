"""Find code that a project does not use: names, imports and whole modules."""

import ast
from collections.abc import Iterator
from pathlib import Path

from scaffold.check.files import Found

# PyTorch calls forward, and Python hands a frame to each signal handler.
CALLED_ELSEWHERE = ["forward", "extra_repr", "frame"]
DECORATORS = ["@app.*"]  # of FastAPI, which calls what they decorate


def find_unused(folder: Path, package: str) -> Iterator[Found]:
    """Yield what neither the package in a folder nor its tests use."""
    try:
        import vulture  # type: ignore[import-untyped]
    except ModuleNotFoundError:
        yield "vulture is not installed", "this environment", "pip install vulture"
        return
    finder = vulture.Vulture(
        ignore_names=CALLED_ELSEWHERE, ignore_decorators=DECORATORS
    )
    finder.scavenge([folder])
    how = "remove it, or use it"
    for item in finder.get_unused_code(min_confidence=60):
        place = item.filename.relative_to(folder)
        if place.parts[0] == package:
            yield item.message, f"{place}, line {item.first_lineno}", how
    for path in sorted(unused_modules(folder / package)):
        place = path.relative_to(folder).as_posix()
        yield f"no module imports {path.name}", place, how


def unused_modules(package: Path) -> list[Path]:
    """Return the modules of a package that no module of it imports."""
    imported = {"__init__", "__main__"}
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                imported |= set((node.module or "").split("."))
                imported |= {alias.name for alias in node.names}
    return [path for path in package.rglob("*.py") if path.stem not in imported]
