"""Files that are whole at every moment, whatever happens while they are written."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from .processes import is_first


@contextmanager
def replacing(path: Path, previous: Path | None = None) -> Iterator[BinaryIO]:
    """Open a new file, which takes the place of `path` once it is whole on the disk.

    What stood there before becomes `previous`, if that is given. Of several processes
    only the first one writes; what the others write is lost.
    """
    if not is_first():
        with Path(os.devnull).open("wb") as file:
            yield file
        return
    temporary = path.with_name(path.name + ".tmp")
    try:
        with temporary.open("wb") as file:
            yield file
            sync(file)
        if previous and path.exists():
            path.replace(previous)
        temporary.replace(path)
        sync_folder(path.parent)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError):
            error.filename = str(path)  # what was asked for, whatever went wrong
        raise


def sync(file: BinaryIO) -> None:
    """Wait until all that was written is on the disk, and not only on its way."""
    file.flush()
    os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk; Windows does that by itself."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
