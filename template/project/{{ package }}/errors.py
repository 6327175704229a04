"""The exceptions for what the person at the keyboard can mend."""

import sys
from math import isfinite
from typing import SupportsFloat


class ProjectError(Exception):
    """One line: what is wrong, where, and what to do; shown without traceback."""

    exit_code = 1


class SettingError(ProjectError):
    """A setting, and so a flag, has a value that it may not have."""

    exit_code = 2


def report(error: ProjectError | OSError) -> int:
    """Say in one line what is wrong; return the exit code."""
    if isinstance(error, ProjectError):
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    print(f"error: {error.filename or 'system'}: {error.strerror}", file=sys.stderr)
    return 1


def check_finite(epoch: int, *figures: SupportsFloat) -> None:
    """Raise ProjectError if training has blown up; nothing of it is saved then."""
    if not all(isfinite(figure) for figure in figures):
        raise ProjectError(
            f"the loss is not finite in epoch {epoch}: the steps or the data are too "
            "large; try a smaller --lr (the last checkpoint, if any, is kept)"
        )
