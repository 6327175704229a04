"""Keep other processes and signals out while a project is changed."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from scaffold.errors import ProjectError
from scaffold.update.repository import Repository

if sys.platform != "win32":
    import fcntl

SIGNALS = frozenset({signal.SIGINT, signal.SIGTERM})


@contextmanager
def locked(repository: Repository) -> Iterator[None]:
    """Lock a repository; raise ProjectError if another process of scaffold has.

    The lock leaves no file behind, and ends with the process, also a killed one.
    """
    if sys.platform == "win32":
        yield
        return
    descriptor = os.open(repository.git_dir, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise ProjectError(
            f"{repository.folder}: another scaffold process is changing the project; "
            "try again when it has ended"
        ) from error
    except OSError:  # a file system without locks
        pass
    try:
        yield
    finally:
        os.close(descriptor)


@contextmanager
def deferred_signals() -> Iterator[None]:
    """Defer SIGINT and SIGTERM to the end of the block.

    Git processes inherit that, so a Ctrl-C on the terminal does not end them either.
    """
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def raise_deferred_signals() -> None:
    """Call the handlers of signals that were deferred; they may raise."""
    if sys.platform != "win32":
        try:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        finally:
            signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
