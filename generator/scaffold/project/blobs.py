"""Files as Git stores them: their mode and their content."""

from collections.abc import Mapping
from typing import NamedTuple

from scaffold.tree import File, Tree

LINK, SUBMODULE = "120000", "160000"


class Blob(NamedTuple):
    """A file as Git stores it: its mode, and its bytes (of a link, where it leads)."""

    mode: str
    data: bytes

    @property
    def is_text(self) -> bool:
        """Whether it is a text that can be merged line by line."""
        return self.mode not in {LINK, SUBMODULE} and b"\0" not in self.data


Blobs = Mapping[str, Blob]


def to_blobs(tree: Tree) -> dict[str, Blob]:
    """Return a tree in memory as Git would store it."""
    modes = {False: "100644", True: "100755"}
    return {
        path: Blob(modes[file.executable], file.data) for path, file in tree.items()
    }


def is_regular_file(blob: Blob | None) -> bool:
    """Return whether there is a file, and no link or submodule in its place."""
    return blob is not None and blob.mode not in {LINK, SUBMODULE}


def to_file(blob: Blob | None) -> File:
    """Return a plain blob as a file."""
    assert blob is not None
    return File(blob.data, blob.mode == "100755")


def has_crlf(blob: Blob) -> bool:
    """Return whether every line of a text ends as Windows ends lines."""
    ends = blob.data.count(b"\r\n")
    return blob.is_text and 0 < ends == blob.data.count(b"\n")


def to_crlf(blob: Blob | None) -> Blob | None:
    """Return a text with the line ends of Windows; anything else as it is."""
    if blob is None or not blob.is_text or b"\r" in blob.data:
        return blob
    return blob._replace(data=blob.data.replace(b"\n", b"\r\n"))
