"""Commit files that are in memory, by `git fast-import`."""

import os
from collections.abc import Mapping
from pathlib import Path

from scaffold.project.blobs import Blob, to_blobs
from scaffold.project.git import git
from scaffold.tree import Tree

# Write one pack instead of a file per object.
SETTINGS = ("fastimport.unpackLimit=1", "core.fsync=none")


def commit_tree(
    folder: Path,
    tree: Tree,
    reference: str,
    identity: str,
    message: str,
    extra: Mapping[str, str] | None = None,
    parent: str = "",
) -> None:
    """Commit a tree, after `parent` if there is one; set `reference` to the commit.

    `identity` is the committer in Git's format: name, email, timestamp, time zone.
    """
    start = f"{parent}^0" if parent else ""
    parts = [commit_command(reference, identity, message, start)]
    parts += [b"deleteall\n"] if parent else []
    parts += [file_command(path, blob) for path, blob in to_blobs(tree).items()]
    command = ("fast-import", "--quiet", "--force")
    data = b"".join(parts)
    git(*command, folder=folder, data=data, settings=SETTINGS, extra=extra)


def commit_command(reference: str, identity: str, message: str, parent: str) -> bytes:
    """Return the command that begins a commit; the first one has the parent ""."""
    text = message.encode()
    head = f"commit {reference}\ncommitter {identity}\ndata {len(text)}\n".encode()
    after = f"from {parent}\n".encode() if parent else b""
    return head + text + b"\n" + after


def file_command(path: str, blob: Blob | None) -> bytes:
    """Return the command that writes a file, or deletes it if there is no blob."""
    name = quote(path)
    if blob is None:
        return b"D " + name + b"\n"
    head = f"M {blob.mode} inline ".encode() + name
    return head + f"\ndata {len(blob.data)}\n".encode() + blob.data + b"\n"


def quote(path: str) -> bytes:
    """Return a path in quotes, since it may hold any byte."""
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return b'"' + os.fsencode(escaped) + b'"'
