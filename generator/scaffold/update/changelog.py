"""What a changelog says of the versions between two."""

import re
from pathlib import Path
from typing import NamedTuple

from packaging.version import InvalidVersion, Version

NAME = "CHANGELOG.md"
HEADING = re.compile(r"^## \[?v?(\d[^\s\]]*)\]?.*$", re.MULTILINE)


class Entry(NamedTuple):
    """What is new in one version of scaffold or of a plugin."""

    name: str
    version: str
    text: str


def read_entries(name: str, folder: Path, before: str, after: str) -> list[Entry]:
    """Return the entries of the changelog in `folder` that came after a version.

    The newest stand first, as in the file; none if there is no changelog, or no version
    in its headings, which are `## 1.2.0` or `## [1.2.0] - date`.
    """
    path = folder / NAME
    if before == after or not path.is_file():
        return []
    parts = HEADING.split(path.read_text(encoding="utf-8", errors="replace"))
    entries = zip(parts[1::2], parts[2::2], strict=True)
    return [
        Entry(name, version, text.strip())
        for version, text in entries
        if is_between(version, before, after)
    ]


def is_between(version: str, before: str, after: str) -> bool:
    """Return whether a version came after one, and no later than the other."""
    try:
        return Version(before) < Version(version) <= Version(after)
    except InvalidVersion:
        return False
