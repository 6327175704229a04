"""Trees of files in memory, for layers, templates and projects."""

import os
import stat
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from scaffold.errors import PluginError, ProjectError

# Files that editors, systems and pip (which compiles bytecode) leave in folders.
LEFTOVERS = ("__pycache__", ".DS_Store", "Thumbs.db", ".ruff_cache", ".pytest_cache")
LEFTOVER_SUFFIXES = (".pyc", ".pyo", ".swp", "~")
# Limits for the folders of layers; their files must fit into a template bundle.
MAX_FILES, MAX_BYTES = 2_000, 4_000_000


class File(NamedTuple):
    """The content of a file, and whether it is executable."""

    data: bytes
    executable: bool = False

    def text(self, path: str | Path) -> str:
        """Return the content of a file of a plugin, which must be UTF-8."""
        try:
            return self.data.decode()
        except UnicodeDecodeError as error:
            raise PluginError(f"{path}: not UTF-8 ({error.reason})") from error


Tree = dict[str, File]  # relative path with "/" -> file
Objects = dict[bytes, tuple[str, bytes]]  # of Git: kind and body, by ID


def list_files(root: Path) -> Iterator[str]:
    """Yield the relative paths of all files below `root`, except leftovers.

    Raises PluginError for symlinks, special files, and more than MAX_FILES entries.
    """
    stack, number = [""], 0
    while stack:
        folder = stack.pop()
        with os.scandir(root / folder) as entries:
            found = list(islice(entries, MAX_FILES + 1))
        number += len(found)
        if number > MAX_FILES:
            raise PluginError(f"{root} has more than {MAX_FILES} files and folders")
        for entry in found:
            path = f"{folder}{entry.name}"
            if entry.name in LEFTOVERS or entry.name.endswith(LEFTOVER_SUFFIXES):
                continue
            if entry.is_dir(follow_symlinks=False):
                stack.append(path + "/")
            elif entry.is_file(follow_symlinks=False):
                yield path
            else:
                raise PluginError(
                    f"{root / path} is a symlink or special file; use a regular file"
                )


def read_tree(root: Path) -> Tree:
    """Return all files below `root`, sorted by relative path."""
    tree: Tree = {}
    for path in sorted(list_files(root)):
        data = read_regular_file(root / path, MAX_BYTES)
        tree[path] = File(data, is_executable(root / path))
    return tree


def read_regular_file(path: Path, limit: int) -> bytes:
    """Return the content of a file; raise PluginError for special and large ones."""
    if not stat.S_ISREG(path.stat().st_mode):  # others may never end
        raise PluginError(f"{path} is not a regular file")
    with path.open("rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise PluginError(f"{path} is larger than {limit} bytes")
    return data


def read_file(path: Path) -> File:
    """Read a file."""
    return File(path.read_bytes(), is_executable(path))


def is_executable(path: Path) -> bool:
    """Return whether the owner may execute a file."""
    return bool(path.stat().st_mode & 0o100)


def tree_id(tree: Tree) -> str:
    """Return Git's ID of a tree, in 40 hex digits."""
    return tree_objects(tree)[0].hex()


def tree_objects(tree: Tree) -> tuple[bytes, Objects]:
    """Return Git's ID of a tree, and all objects of it: folders, then files."""
    folders: dict[str, Tree] = {}
    entries: list[tuple[str, str, bytes]] = []  # sort key, mode and name, id
    blobs: Objects = {}
    below: Objects = {}
    for path, file in tree.items():
        first, slash, rest = path.partition("/")
        if slash:
            folders.setdefault(first, {})[rest] = file
        else:
            mode = "100755" if file.executable else "100644"
            blob = object_id("blob", file.data)
            entries.append((first, f"{mode} {first}", blob))
            blobs[blob] = "blob", file.data
    for name, folder in folders.items():
        root, found = tree_objects(folder)
        entries.append((name + "/", f"40000 {name}", root))
        below |= found
    # Git sorts folders as if their names ended with a slash.
    entries.sort(key=lambda entry: entry[0].encode())
    body = b"".join(f"{name}\0".encode() + digest for _, name, digest in entries)
    root = object_id("tree", body)
    return root, {root: ("tree", body), **below, **blobs}


def object_id(kind: str, body: bytes, algorithm: str = "sha1") -> bytes:
    """Return the ID of a Git object; in most repositories, it has 20 bytes."""
    import hashlib  # slow to import; `scaffold list` does not need it

    header = f"{kind} {len(body)}\0".encode()
    return hashlib.new(algorithm, header + body, usedforsecurity=False).digest()


# Names with a meaning for Git, not allowed in untrusted trees; git~1 is the short name
# of .git on Windows.
GIT_NAMES = frozenset({".git", "git~1", ".gitmodules", ".gitattributes"})


def check_path(path: str, where: str, allowed: frozenset[str] = frozenset()) -> None:
    """Raise ProjectError unless a relative path is safe to write, on every system.

    `allowed` are exceptions, of names with a meaning for Git.
    """
    parts = path.split("/")
    bad = not path.isprintable() or bool(set(path) & set("\\:"))
    bad |= any(part in {"", ".", ".."} or part != part.strip(" ") for part in parts)
    if path not in allowed:
        bad |= any(part.casefold().rstrip(".") in GIT_NAMES for part in parts)
    if bad:
        raise ProjectError(f"{where} contains the unsafe path {path!r}")
