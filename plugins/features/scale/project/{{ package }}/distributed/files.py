"""Files that survive crashes: atomic, durable writes, and one process per run."""

import os
import sys
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
            keep_as(path, previous)
        temporary.replace(path)
        fsync_dir(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def keep_as(path: Path, previous: Path) -> None:
    """Link a file to another name, so that a reader finds it at `path` all the time."""
    previous.unlink(missing_ok=True)
    try:
        os.link(path, previous)
    except OSError:  # a file system without hard links, such as FAT
        path.replace(previous)


def fsync_dir(folder: Path) -> None:
    """Write the names in a folder to the disk; Windows does so by itself."""
    if os.name != "nt":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def verify_checksums(path: Path) -> None:
    """Raise BadZipFile unless the CRC-32 checksums of a checkpoint are right.

    `torch.save` writes a zip archive with checksums, but `torch.load` ignores them.
    """
    with ZipFile(path) as archive:
        if damaged := archive.testzip():
            raise BadZipFile(f"wrong checksum of {damaged}")


def restore_previous(path: Path) -> None:
    """If a checkpoint is missing or damaged, move the previous one to its place.

    Without hard links, a crash in `atomic_write` may leave only the previous one.
    """
    previous = path.with_name("previous.pt")
    try:
        verify_checksums(path)
    except Exception as error:  # a damaged archive raises errors of many types
        if previous.exists():
            print(f"warning: {path}: {error}; using {previous}", file=sys.stderr)
            previous.replace(path)


@contextmanager
def lock_run(run: Path) -> Iterator[None]:
    """Prevent other processes from training the same run."""
    try:
        with FileLock(run / ".lock", timeout=0):
            yield
    except Timeout as error:
        raise SystemExit(f"error: another process is training {run}") from error
