"""Write to a destination folder atomically."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from scaffold.errors import DestinationError

MOVED_LAST = "pyproject.toml"  # moved last: its presence marks a complete project


def check_destination(destination: Path) -> None:
    """Raise DestinationError unless a project can be written to `destination`."""
    destination = absolute(destination)
    if destination.is_symlink():
        raise DestinationError(f"{destination} is a symlink; name the folder itself")
    if destination.exists() and not destination.is_dir():
        raise DestinationError(f"{destination} is a file; name a new folder")
    if destination.is_dir():
        left = set(stale_stages(destination, stage_name(destination)))
        if set(destination.iterdir()) - left:
            raise DestinationError(f"{destination} is not empty; name a new folder")


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
    names = [path.name for path in stage.iterdir() if path.name != MOVED_LAST]
    moved: list[Path] = []
    try:
        for name in [*sorted(names), MOVED_LAST]:
            target = destination / name
            if target.exists():
                raise DestinationError(
                    f"{target} was created meanwhile and is kept; name another folder"
                )
            moved.append(target)
            (stage / name).rename(target)
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
    return f".{destination.name}.scaffold-"


def stale_stages(home: Path, prefix: str) -> Iterator[Path]:
    """Yield the temporary folders that killed processes left in `home`."""
    for path in home.iterdir():
        process = path.name.removeprefix(prefix)
        if path.name != process and process.isdecimal() and not is_alive(int(process)):
            yield path


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
