"""Git blobs with their file mode."""

from collections.abc import Mapping
from typing import NamedTuple

from scaffold.tree import File, Tree

LINK, SUBMODULE = "120000", "160000"


class Blob(NamedTuple):
    """File mode and content as Git stores them; of a symlink, its target."""

    mode: str
    data: bytes

    @property
    def is_text(self) -> bool:
        """Whether it is a text file, which can be merged line by line."""
        return self.mode not in {LINK, SUBMODULE} and b"\0" not in self.data


Blobs = Mapping[str, Blob]


def to_blobs(tree: Tree) -> dict[str, Blob]:
    """Return a tree in memory as blobs."""
    modes = {False: "100644", True: "100755"}
    return {
        path: Blob(modes[file.executable], file.data) for path, file in tree.items()
    }


def is_regular_file(blob: Blob | None) -> bool:
    """Return whether a blob exists and is neither a symlink nor a submodule."""
    return blob is not None and blob.mode not in {LINK, SUBMODULE}


def to_file(blob: Blob | None) -> File:
    """Return a regular file from its blob."""
    assert blob is not None
    return File(blob.data, blob.mode == "100755")


def has_crlf(blob: Blob) -> bool:
    """Return whether all lines of a text file end with CRLF."""
    ends = blob.data.count(b"\r\n")
    return blob.is_text and 0 < ends == blob.data.count(b"\n")


def to_crlf(blob: Blob | None) -> Blob | None:
    """Return a text file with CRLF line endings; anything else unchanged."""
    if blob is None or not blob.is_text or b"\r" in blob.data:
        return blob
    return blob._replace(data=blob.data.replace(b"\n", b"\r\n"))
