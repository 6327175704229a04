"""Run Git, independently of hooks and of the environment."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from scaffold.errors import GitError, NoGitError

# In hooks, Git sets variables that redirect commands to another repository or make them
# fail. Only these are passed on.
PASSED_PREFIXES = ("GIT_CONFIG", "GIT_AUTHOR_", "GIT_COMMITTER_", "GIT_CEILING_")
# Without the configuration of user, system and environment.
ISOLATED_ENV = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_COUNT": "0",
    "GIT_CONFIG_PARAMETERS": "",
}
SIGNALS = (signal.SIGINT, signal.SIGTERM)
# What Git prints when a disk or a quota is full; its messages are in English.
DISK_FULL = (b"No space left on device", b"Out of diskspace", b"Disk quota exceeded")
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
        raise git_error(command, folder, done)
    return done.stdout


def git_error(
    command: str, folder: Path, done: subprocess.CompletedProcess[bytes]
) -> GitError:
    """Return the error for a Git command that failed."""
    reason = last_error_line(done)
    if is_full(folder) or any(message in done.stderr for message in DISK_FULL):
        reason += f"; the disk of {folder} is full, free some space and try again"
    return GitError(f"git {command} failed: {reason}")


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
    argv = ["git", *options, command, *map(str, arguments)]
    stdin = subprocess.DEVNULL if data is None else subprocess.PIPE
    with running_git(argv, folder, extra, stdin, subprocess.PIPE) as process:
        out, err = process.communicate(data)
    return subprocess.CompletedProcess(argv, process.returncode, out, err)


@contextmanager
def running_git(
    argv: list[str],
    folder: Path,
    extra: Mapping[str, str] | None,
    stdin: int = subprocess.DEVNULL,
    stderr: int = subprocess.DEVNULL,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run Git during a block, and kill it if the block raises.

    Raises NoGitError if Git cannot be run.
    """
    with delayed_signals() as deliver:  # until the process is one that can be killed
        try:
            process = subprocess.Popen(
                argv,
                cwd=folder,
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env=environment(extra),
            )
        except OSError as error:
            if error.filename == folder:  # the folder is missing, not Git
                raise
            reason = "is not installed, but required; see git-scm.com"
            if not isinstance(error, FileNotFoundError):
                reason = f"cannot be run: {error.strerror}"
            raise NoGitError(f"Git {reason}") from error
        with process:
            try:
                deliver()
                yield process
            except BaseException:
                process.kill()
                raise


@contextmanager
def delayed_signals() -> Iterator[Callable[[], None]]:
    """Delay SIGINT and SIGTERM until the yielded function is called, or to the end.

    Ignored signals stay ignored, since a process that is started inherits that.
    """
    received: list[int] = []
    handlers = {number: signal.getsignal(number) for number in SIGNALS}
    caught = {number: found for number, found in handlers.items() if callable(found)}

    def deliver() -> None:
        while caught:
            signal.signal(*caught.popitem())
        if received:
            signal.raise_signal(received.pop())

    for number in caught:
        signal.signal(number, lambda number, frame: received.append(number))
    try:
        yield deliver
    finally:
        deliver()


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
    with running_git(["git", command, *arguments], folder, extra) as process:
        assert process.stdout
        printed = process.stdout.read(limit + 1)
        if len(printed) > limit:
            process.kill()
            return None
    if process.returncode:
        raise GitError(f"git {command} failed")
    return printed


def is_full(folder: Path) -> bool:
    """Return whether a disk has no space left; Git does not always say that."""
    return shutil.disk_usage(folder).free < 64 * 1024


def last_error_line(done: subprocess.CompletedProcess[bytes]) -> str:
    """Return the first fatal error in a command's stderr, or else the last line."""
    if done.returncode < 0:
        return f"ended by signal {-done.returncode}"
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    fatal = [line for line in lines if line.startswith("fatal: ")]
    return [*fatal, *lines[-1:], "no error message"][0]
