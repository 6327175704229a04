"""Write to a destination folder atomically."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from scaffold.errors import DestinationError

MOVED_LAST = "pyproject.toml"  # moved last: its presence marks a complete project

RECORD = "moved.txt"  # in a temporary folder: the names that are moved out of it


def check_destination(destination: Path) -> None:
    """Raise DestinationError unless a project can be written to `destination`."""
    destination = absolute(destination)
    if destination.is_symlink():
        raise DestinationError(f"{destination} is a symlink; name the folder itself")
    if destination.exists() and not destination.is_dir():
        raise DestinationError(f"{destination} is a file; name a new folder")
    resolved = destination.resolve()
    if any(map(is_git_folder, (resolved, *resolved.parents))):
        raise DestinationError(
            f"{destination} is in the directory of a repository, .git or a bare one; "
            "name another folder"
        )
    present = set(destination.iterdir()) if destination.is_dir() else set()
    if present and present - set(leftovers(destination, destination)):
        raise DestinationError(f"{destination} is not empty; name a new folder")


def is_git_folder(folder: Path) -> bool:
    """Return whether a folder is the `.git` of a repository, or a bare repository."""
    parts = (folder / "HEAD", folder / "objects", folder / "refs")
    return folder.name.casefold() == ".git" or all(path.exists() for path in parts)


@contextmanager
def staged(destination: Path) -> Iterator[Path]:
    """Yield a temporary folder, which becomes `destination` when the body ends.

    If the body raises, all its files are removed. An existing, empty destination is
    filled, not replaced: it may be the working directory of a shell. Raises
    DestinationError.
    """
    destination = absolute(destination)
    made: list[Path] = []
    inside = destination.is_dir()
    home = destination if inside else destination.parent
    stage = home / f"{stage_name(destination)}{os.getpid()}"
    try:
        make_parents(home, made)
        check_destination(destination)
        for path in leftovers(home, destination):
            remove(path)
        stage.mkdir()
        yield stage
        if inside:
            move_into(destination, stage)
        else:
            stage.rename(destination)
    except BaseException as error:
        shutil.rmtree(stage, ignore_errors=True)
        with suppress(OSError):  # others may have put files there
            for folder in reversed(made):
                folder.rmdir()
        if isinstance(error, OSError):
            raise to_destination_error(error, destination) from error
        raise


def make_parents(folder: Path, made: list[Path]) -> None:
    """Create a folder and its parents; append those that were missing to `made`."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir()
        made.append(path)


def move_into(destination: Path, stage: Path) -> None:
    """Move all files of `stage` into `destination`, or none."""
    names = sorted(path.name for path in stage.iterdir())
    names.sort(key=lambda name: name == MOVED_LAST)
    record = stage / RECORD
    record.write_text("\n".join(names), encoding="utf-8")
    moved: list[Path] = []
    try:
        for name in names:
            target = destination / name
            if target.exists():
                raise DestinationError(
                    f"{target} was created meanwhile and is kept; name another folder"
                )
            moved.append(target)
            (stage / name).rename(target)
        record.unlink()
        stage.rmdir()
    except BaseException:
        for path in moved:
            remove(path)
        raise


def remove(path: Path) -> None:
    """Remove a file or folder, if it exists."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def absolute(path: Path) -> Path:
    """Return an absolute path without `..`; symlinks are not resolved."""
    return Path(os.path.abspath(path))  # noqa: PTH100


def stage_name(destination: Path) -> str:
    """Return the prefix of the names of temporary folders for a destination."""
    return f".{destination.name[:50]}.scaffold-"  # file systems limit the length


def leftovers(home: Path, destination: Path) -> list[Path]:
    """Return what killed processes left in `home`: first moved files, then folders."""
    prefix = stage_name(destination)
    stages = [
        path
        for path in home.iterdir()
        if path.name.startswith(prefix) and is_dead(path.name.removeprefix(prefix))
    ]
    return [path for stage in stages for path in moved_from(stage)] + stages


def moved_from(stage: Path) -> Iterator[Path]:
    """Yield what was moved from a temporary folder, without what was edited since."""
    record = stage / RECORD
    if not record.is_file():
        return
    names = record.read_text(encoding="utf-8").splitlines()
    time = record.stat().st_mtime_ns
    for path in stage.parent.iterdir():
        files = (file for file in (path, *path.rglob("*")) if not file.is_dir())
        if path.name in names and all(f.lstat().st_mtime_ns <= time for f in files):
            yield path


def is_dead(process: str) -> bool:
    """Return whether a text is the ID of a process that has ended."""
    return process.isdecimal() and not is_alive(int(process))


def is_alive(process: int) -> bool:
    """Return whether a process is running; True if that cannot be determined."""
    if os.name == "nt":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def to_destination_error(error: OSError, path: Path) -> DestinationError:
    """Return an OSError as a message that says what to do."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DestinationError(
            f"disk full: {path} was not written; free some space and try again"
        )
    reason = error.strerror or str(error)
    return DestinationError(f"cannot write {path}: {reason}; name another folder")
