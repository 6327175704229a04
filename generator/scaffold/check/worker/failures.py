"""Where in a project an error comes from, whatever it was raised by."""

import traceback
from collections.abc import Collection, Iterator
from pathlib import Path


def explain(error: BaseException, folder: Path, own: Collection[str]) -> str:
    """Return the file and line of a project that an error comes from.

    This is the innermost call in a file of the plugin (`own`), else in the project: an
    error that torch raises comes from whoever called it.
    """
    calls = list(calls_in(folder, error))
    chosen = [call for call in calls if call[0] in own] or calls
    if chosen:
        path, line = chosen[-1]
        return f"{path}, line {line}"
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename}, line {frames[-1].lineno}" if frames else "?"


def calls_in(folder: Path, error: BaseException) -> Iterator[tuple[str, int]]:
    """Yield the calls in files of a folder that led to an error, innermost last."""
    for frame in traceback.extract_tb(error.__traceback__):
        path = Path(frame.filename)
        if path.is_relative_to(folder):
            yield path.relative_to(folder).as_posix(), frame.lineno or 0
