"""Differences as people read them, drawn by Git."""

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from scaffold.errors import GitError
from scaffold.git import reason, run_git
from scaffold.merge import Row


def draw_patch(rows: Iterable[Row]) -> str:
    """Return the difference that a plan makes to a project, as Git's unified diff."""
    moved = [row for row in rows if row.moved]
    before = {row.path: row.ours.data for row in moved if row.ours}
    after = {row.path: row.result.data for row in moved if row.result}
    return draw(before, after)


def draw(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> str:
    """Return the unified diff of two sets of files, "" if they are equal."""
    with tempfile.TemporaryDirectory(prefix="scaffold-") as scratch:
        for name, files in (("a", before), ("b", after)):
            (Path(scratch) / name).mkdir()
            for path, data in files.items():
                target = Path(scratch) / name / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
        words = ("--no-index", "--no-prefix", "--no-ext-diff", "--no-textconv")
        plain = ("diff.noprefix=false", "core.attributesFile=/dev/null")
        done = run_git("diff", *words, "a", "b", folder=Path(scratch), settings=plain)
    if done.returncode > 1:
        raise GitError(f"git diff failed: {reason(done)}")
    return done.stdout.decode(errors="replace")
