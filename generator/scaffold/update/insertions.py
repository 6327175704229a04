"""Conflicts that are none: lines that both sides inserted at one place.

Git reports a conflict where two edits touch. If both only insert lines, or if one
removes lines beside which the other inserted some, no line is changed twice.
"""

import ast
import re
import tomllib
from collections.abc import Callable
from pathlib import PurePosixPath

# As `git merge-file --diff3` writes it: your lines, those of the base, the template's.
CONFLICT = re.compile(
    rb"^<{7} .*\n((?:.*\n)*?)^\|{7} .*\n((?:.*\n)*?)^={7}\n((?:.*\n)*?)^>{7} .*\n", re.M
)
KEY = re.compile(rb"^\s*([^=:<>(]*[^=:<>(\s])")  # what a line assigns, defines or needs
# How to check a result, of the files whose inserted lines may stand in any order.
PARSERS: dict[str, Callable[[str], object]] = {
    ".py": ast.parse,
    ".toml": tomllib.loads,
    ".md": str,
}


def join_insertions(path: str, merged: bytes, conflicts: int) -> bytes | None:
    """Return a merged text without its conflicts; None if one of them is real."""
    parse = PARSERS.get(PurePosixPath(path).suffix)
    pieces, end = [], 0
    for conflict in CONFLICT.finditer(merged):
        joined = join_sides(*conflict.groups())
        if joined is not None:
            pieces += [merged[end : conflict.start()], joined]
            end = conflict.end()
    if parse is None or len(pieces) != 2 * conflicts:
        return None
    text = b"".join([*pieces, merged[end:]])
    try:
        parse(text.decode())
    except (SyntaxError, ValueError):
        return None
    return text


def join_sides(ours: bytes, base: bytes, theirs: bytes) -> bytes | None:
    """Return the lines of both sides of a conflict; None if both changed a line."""
    if not base:
        # why: lines that are indented more would belong to a block of the other side.
        alike = indent(ours) == indent(theirs) and not keys(ours) & keys(theirs)
        return ours + theirs if alike else None
    before, found, after = ours.partition(base)
    whole_lines = not before or before.endswith(b"\n")
    return before + after if found and whole_lines and not theirs else None


def indent(text: bytes) -> int:
    """Return the number of blanks before the first line that has more than blanks."""
    code = text.lstrip()
    return len(text[: len(text) - len(code)].rpartition(b"\n")[2])


def keys(text: bytes) -> set[bytes]:
    """Return how the lines begin: two that begin alike could contradict each other."""
    return {match[1] for line in text.splitlines() if (match := KEY.match(line))}
