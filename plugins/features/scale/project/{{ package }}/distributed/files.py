"""Files that survive crashes: atomic, durable writes, and one process per run."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from filelock import FileLock, Timeout


def atomic_write(
    path: Path, write: Callable[[Path], object], previous: Path | None = None
) -> None:
    """Write a file and rename it to `path`; the file before becomes `previous`."""
    temporary = path.with_suffix(".tmp")
    try:
        write(temporary)
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        if previous and path.exists():
            path.replace(previous)
        temporary.replace(path)
        fsync_dir(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def fsync_dir(folder: Path) -> None:
    """Write the names in a folder to the disk; Windows does so by itself."""
    if os.name != "nt":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def is_intact(path: Path) -> bool:
    """Return whether the CRC-32 checksums of a checkpoint are right.

    `torch.save` writes a zip archive with checksums, but `torch.load` ignores them.
    """
    try:
        with ZipFile(path) as archive:
            return archive.testzip() is None
    except (OSError, BadZipFile):
        return False


@contextmanager
def lock_run(run: Path) -> Iterator[None]:
    """Prevent other processes from training the same run."""
    try:
        with FileLock(run / ".lock", timeout=0):
            yield
    except Timeout as error:
        raise SystemExit(f"error: another process is training {run}") from error
