"""Read the entries of a changelog between two versions."""

import re
from pathlib import Path
from typing import NamedTuple

from packaging.version import InvalidVersion, Version

NAME = "CHANGELOG.md"
HEADING = re.compile(r"^## \[?v?(\d[^\s\]]*)\]?.*$", re.MULTILINE)


class Entry(NamedTuple):
    """The changelog entry of one version of scaffold or of a plugin."""

    name: str
    version: str
    text: str


def read_entries(name: str, folder: Path, before: str, after: str) -> list[Entry]:
    """Return the entries of the changelog in `folder` between two versions.

    They are in the order of the file. Headings are `## 1.2.0` or `## [1.2.0] - date`;
    without a changelog or such headings, there are no entries.
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
    """Return whether before < version <= after."""
    try:
        return Version(before) < Version(version) <= Version(after)
    except InvalidVersion:
        return False
