"""Record which projects passed which stage, so that only changes are checked again."""

import hashlib
import json
import sys
import time
from functools import cache
from pathlib import Path

from platformdirs import user_cache_path

from scaffold import __version__
from scaffold.catalog.discovery import recorded
from scaffold.check.stages import CheckedProject, Stage
from scaffold.tree import read_tree, tree_id

DAYS = 30  # after which an entry that was not used is deleted


def open_cache() -> Path | None:
    """Return the folder of the cache, without old entries; None if it is read-only."""
    folder = user_cache_path("torch-scaffold") / "check"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.iterdir():
            if path.stat().st_mtime < time.time() - DAYS * 24 * 3600:
                path.unlink(missing_ok=True)
    except OSError:
        return None
    return folder


def entry_of(folder: Path | None, stage: Stage, project: CheckedProject) -> Path | None:
    """Return the file that records a stage, named by what its outcome depends on."""
    if folder is None:
        return None
    trees = (project.rendered.files, project.rendered.template)
    facts = [stage.name, project.facts, *map(tree_id, trees), *environment()]
    return folder / hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def has_passed(entry: Path) -> bool:
    """Return whether a project has passed a stage before, and keep the entry longer."""
    if not entry.exists():
        return False
    entry.touch()
    return True


def remember(entry: Path) -> None:
    """Record that a project has passed a stage."""
    entry.touch()


@cache
def environment() -> list[str]:
    """Return what every outcome depends on: Python, packages, and this code."""
    packages = sorted(Path(path).name for path in recorded())
    return [
        sys.version,
        __version__,
        tree_id(read_tree(Path(__file__).parent)),
        *packages,
    ]
