"""One process at a time trains a run; another one that tries is told so."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ..errors import ProjectError


@contextmanager
def locked(run: Path) -> Iterator[None]:
    """Keep other processes from training `run` meanwhile.

    The system gives up the lock when the process ends, in whatever way it ends.
    Raises ProjectError if another process trains the run.
    """
    with (run / ".lock").open("ab") as file:
        try:
            lock(file)
        except OSError as error:
            raise ProjectError(f"{run} is being trained by another process") from error
        yield


def lock(file: BinaryIO) -> None:
    """Lock an open file until it is closed; raise OSError if somebody else has it."""
    if os.name == "nt":
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
