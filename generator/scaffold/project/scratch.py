"""Repositories that exist while a command runs."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def scratch_repository(objects: Sequence[Path] = ()) -> Iterator[Path]:
    """Yield the folder of an empty bare repository, and delete it afterwards.

    It can read the objects in the folders `objects` of other repositories.
    """
    with tempfile.TemporaryDirectory(prefix="scaffold-") as name:
        folder = Path(name)
        init_bare_repository(folder)
        if objects:
            add_alternates(folder / "objects" / "info", objects)
        yield folder


def add_alternates(folder: Path, objects: Sequence[Path]) -> None:
    """Let a repository read the objects of others, from its new folder objects/info."""
    folder.mkdir()
    listed = "".join(f"{path.resolve()}\n" for path in objects)
    (folder / "alternates").write_text(listed, errors="surrogateescape")


def init_bare_repository(folder: Path) -> None:
    """Turn an empty folder into a minimal bare repository.

    This saves `scaffold status` a process, compared to `git init`.
    """
    for name in ("objects", "refs"):
        (folder / name).mkdir()
    (folder / "HEAD").write_text("ref: refs/heads/main\n", encoding="ascii")
