"""The folder that a project is written into: whole, or not at all."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from scaffold.errors import DestinationError

LAST_MOVED = "pyproject.toml"  # put in place last: where it is, the project is whole


def check_destination(destination: Path) -> None:
    """Raise DestinationError unless a project can be written to `destination`."""
    destination = absolute(destination)
    if destination.is_symlink():
        raise DestinationError(f"{destination} is a link; name the folder itself")
    if destination.exists() and not destination.is_dir():
        raise DestinationError(f"{destination} is a file; name a new folder")
    if destination.is_dir():
        left = set(stale_stages(destination, stage_name(destination)))
        if set(destination.iterdir()) - left:
            raise DestinationError(f"{destination} is not empty; name a new folder")


@contextmanager
def staged(destination: Path) -> Iterator[Path]:
    """Yield an empty folder; when the body ends, its files stand in `destination`.

    If the body raises, nothing is left of it. An existing, empty destination is filled
    and not replaced, since a shell may stand in it. Raises DestinationError.
    """
    destination = absolute(destination)
    made: list[Path] = []
    inside = destination.is_dir()
    home = destination if inside else destination.parent
    stage = home / f"{stage_name(destination)}{os.getpid()}"
    try:
        make_parents(home, made)
        check_destination(destination)
        for path in stale_stages(home, stage_name(destination)):
            shutil.rmtree(path, ignore_errors=True)
        stage.mkdir()
        yield stage
        if inside:
            move_into(destination, stage)
        else:
            stage.rename(destination)
    except BaseException as error:
        shutil.rmtree(stage, ignore_errors=True)
        with suppress(OSError):  # a folder that is not empty is not ours alone
            for folder in reversed(made):
                folder.rmdir()
        if isinstance(error, OSError):
            raise to_destination_error(error, destination) from error
        raise


def make_parents(folder: Path, made: list[Path]) -> None:
    """Make the folder and those above it; note in `made` which were missing."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir()
        made.append(path)


def move_into(destination: Path, stage: Path) -> None:
    """Move what lies in `stage` up into `destination`; all of it, or nothing."""
    names = [path.name for path in stage.iterdir() if path.name != LAST_MOVED]
    moved: list[Path] = []
    try:
        for name in [*sorted(names), LAST_MOVED]:
            target = destination / name
            if target.exists():
                raise DestinationError(f"{target} was made meanwhile; it is left alone")
            moved.append(target)
            (stage / name).rename(target)
        stage.rmdir()
    except BaseException:
        for path in moved:
            remove(path)
        raise


def remove(path: Path) -> None:
    """Remove a file or a folder, if it is there."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def absolute(path: Path) -> Path:
    """Return a path from the root, without `..`; links in it are not followed."""
    return Path(os.path.abspath(path))  # noqa: PTH100


def stage_name(destination: Path) -> str:
    """Return how the names of the folders begin in which a project is written."""
    return f".{destination.name}.scaffold-"


def stale_stages(home: Path, prefix: str) -> Iterator[Path]:
    """Yield what processes that were killed have left in `home`."""
    for path in home.iterdir():
        process = path.name.removeprefix(prefix)
        if path.name != process and process.isdecimal() and not is_alive(int(process)):
            yield path


def is_alive(process: int) -> bool:
    """Return whether a process runs; True where that cannot be asked without harm."""
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
    """Return the error of the operating system as a line that says what to do."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DestinationError(f"the disk is full: {path} was not written; make room")
    reason = error.strerror or str(error)
    return DestinationError(f"cannot write {path}: {reason}; name another place")
