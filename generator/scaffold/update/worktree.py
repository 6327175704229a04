"""Files in the working tree: read, replaced atomically, and what is in their place."""

import os
import stat
import unicodedata
from collections.abc import Container, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

# Where files are written before they are renamed; in the project, since files cannot be
# renamed to another file system.
TEMPORARY = ".scaffold/update.tmp"


class WorktreeFile(NamedTuple):
    """Type, permissions and exact content of a file; of a symlink, its target."""

    mode: int
    data: bytes


def read_file(path: Path) -> WorktreeFile | None:
    """Return a file or symlink; None if there is none."""
    try:
        mode = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None
    if stat.S_ISLNK(mode):
        return WorktreeFile(mode, os.fsencode(path.readlink()))
    return WorktreeFile(mode, path.read_bytes()) if stat.S_ISREG(mode) else None


def put_file(folder: Path, path: str, file: WorktreeFile) -> None:
    """Write a file of a project, so that it is never there in part.

    Empty folders in its place are removed.
    """
    target, temporary = folder / path, folder / TEMPORARY
    temporary.unlink(missing_ok=True)
    temporary.parent.mkdir(exist_ok=True)
    try:
        if stat.S_ISLNK(file.mode):
            temporary.symlink_to(os.fsdecode(file.data))
        else:
            temporary.write_bytes(file.data)
            temporary.chmod(stat.S_IMODE(file.mode))
        target.parent.mkdir(parents=True, exist_ok=True)
        if is_folder(target):
            for inner, _, _ in os.walk(target, topdown=False):
                Path(inner).rmdir()
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def remove_file(folder: Path, path: str) -> None:
    """Remove a file of a project, if there is one, and folders that are empty then."""
    if not is_folder(folder / path):
        (folder / path).unlink(missing_ok=True)
    with suppress(OSError):  # not empty
        for parent in (folder / path).relative_to(folder).parents[:-1]:
            (folder / parent).rmdir()


def find_obstacle(
    folder: Path, path: str, replaceable: Container[str], place: str = ""
) -> str | None:
    """Return a file that prevents one from being written to `path`, if there is one.

    Those that are `replaceable` do not. Names are compared case-insensitively, like
    some file systems do.
    """
    first, _, rest = path.partition("/")
    for name in list_names(folder / place):
        found = place + name
        if casefold_path(name) != casefold_path(first):
            continue
        inner: str | None
        if not is_folder(folder / found):
            inner = None if found in replaceable else found
        elif rest:
            inner = find_obstacle(folder, rest, replaceable, f"{found}/")
        else:
            inner = next(list_files(folder, found, replaceable), None)
        if inner:
            return inner
    return None


def list_names(folder: Path) -> list[str]:
    """Return the names in a folder, in order; none if there is no folder."""
    try:
        return sorted(path.name for path in folder.iterdir())
    except FileNotFoundError:
        return []


def list_files(folder: Path, path: str, without: Container[str]) -> Iterator[str]:
    """Yield the files below a folder of a project."""
    for name in list_names(folder / path):
        found = f"{path}/{name}"
        if is_folder(folder / found):
            yield from list_files(folder, found, without)
        elif found not in without:
            yield found


def is_folder(path: Path) -> bool:
    """Return whether a path is a folder, and no symlink to one."""
    return path.is_dir() and not path.is_symlink()


def casefold_path(path: str) -> str:
    """Return a path for comparison on case-insensitive, normalizing file systems."""
    return unicodedata.normalize("NFC", path).casefold()
