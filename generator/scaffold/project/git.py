"""Run Git, independently of hooks and of the environment."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from scaffold.errors import GitError, NoGitError

# In hooks, Git sets variables that redirect commands to another repository or make them
# fail. Only these are passed on.
PASSED_PREFIXES = (
    "GIT_CONFIG",
    "GIT_AUTHOR_",
    "GIT_COMMITTER_",
    "GIT_EXEC_PATH",
    "GIT_CEILING_",
)
# Journals of updates in the Git directory, one per project of a repository.
JOURNAL_PATTERN = "scaffold-update-*.json"
# Disables hooks, signing and the file system monitor.
BASE_CONFIG = (
    "core.hooksPath=/dev/null",
    "commit.gpgsign=false",
    "core.fsmonitor=false",
)


def git(
    command: str,
    *arguments: str | Path,
    folder: Path,
    data: bytes | None = None,
    settings: Sequence[str] = (),
    extra: Mapping[str, str] | None = None,
) -> bytes:
    """Run a Git command and return its output; raise GitError if it fails.

    `settings` are added to the configuration, `extra` to the environment.
    """
    done = run_git(
        command, *arguments, folder=folder, data=data, settings=settings, extra=extra
    )
    if done.returncode:
        raise GitError(f"git {command} failed: {last_error_line(done)}")
    return done.stdout


def run_git(
    command: str,
    *arguments: str | Path,
    folder: Path,
    data: bytes | None = None,
    settings: Sequence[str] = (),
    extra: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run a Git command like `git`, but return its exit code instead of raising."""
    options = [
        part for setting in (*BASE_CONFIG, *settings) for part in ("-c", setting)
    ]
    try:
        return subprocess.run(
            ["git", *options, command, *arguments],
            cwd=folder,
            input=data,
            stdin=subprocess.DEVNULL if data is None else None,
            capture_output=True,
            env=environment(extra),
        )
    except FileNotFoundError as error:
        raise NoGitError(
            "Git is not installed, but required; see git-scm.com"
        ) from error


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment for Git, with `extra` variables."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith("GIT_") or key.startswith(PASSED_PREFIXES)
    }
    return kept | {"LC_ALL": "C"} | dict(extra or {})


def git_with_limit(
    limit: int,
    command: str,
    *arguments: str,
    folder: Path,
    extra: Mapping[str, str],
) -> bytes | None:
    """Run a Git command and return its output, or None if it exceeds `limit` bytes.

    Raises GitError if it fails.
    """
    argv, nothing = ["git", command, *arguments], subprocess.DEVNULL
    with subprocess.Popen(
        argv,
        cwd=folder,
        stdin=nothing,
        stdout=subprocess.PIPE,
        stderr=nothing,
        env=environment(extra),
    ) as process:
        assert process.stdout
        printed = process.stdout.read(limit + 1)
        if len(printed) > limit:
            process.kill()
            return None
    if process.returncode:
        raise GitError(f"git {command} failed")
    return printed


def last_error_line(done: subprocess.CompletedProcess[bytes]) -> str:
    """Return the last line of a command's stderr."""
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "no error message"
