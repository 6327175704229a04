"""Git, called in a way that depends neither on hooks nor on the surroundings."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from scaffold.errors import GitError

# Git sets these for its hooks; they would lead a call to another repository.
LEADING = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY")
# No hook of the user runs, nothing is signed, and no daemon is left behind.
QUIET = ("core.hooksPath=/dev/null", "commit.gpgsign=false", "core.fsmonitor=false")


def git(
    *arguments: str | Path,
    folder: Path,
    data: bytes | None = None,
    extra: Mapping[str, str] | None = None,
) -> bytes:
    """Return what a Git command prints; raise GitError if it fails or is missing."""
    environment = {key: os.environ[key] for key in os.environ if key not in LEADING}
    options = [part for setting in QUIET for part in ("-c", setting)]
    try:
        done = subprocess.run(
            ["git", *options, *arguments],
            cwd=folder,
            input=data,
            stdin=subprocess.DEVNULL if data is None else None,
            capture_output=True,
            env=environment | {"LC_ALL": "C"} | dict(extra or {}),
        )
    except FileNotFoundError as error:
        raise GitError(
            "Git is not installed; scaffold needs it: git-scm.com"
        ) from error
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines() or [
            "no reason"
        ]
        raise GitError(f"git {arguments[0]} failed: {lines[-1]}")
    return done.stdout
