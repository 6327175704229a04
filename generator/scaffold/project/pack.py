"""Write Git bundles without Git, with hashlib and zlib alone."""

import hashlib
import zlib
from collections.abc import Mapping

from scaffold.tree import Objects, Tree, object_id, tree_objects

KINDS = {"commit": 1, "tree": 2, "blob": 3}  # in Git's pack format


def write_bundle(versions: Mapping[str, Tree], identity: str) -> bytes:
    """Return a bundle with a tagged commit for each version, one after the other.

    `identity` is author and committer in Git's format. The same trees give the same
    commits everywhere, and the same bytes wherever zlib compresses alike.
    """
    objects: Objects = {}
    references = []
    parent = b""
    for tag, tree in versions.items():
        root, found = tree_objects(tree)
        head = f"tree {root.hex()}\n".encode() + parent
        body = head + f"author {identity}\ncommitter {identity}\n\n".encode()
        body += f"Template {tag}".encode()
        commit = object_id("commit", body)
        objects |= {commit: ("commit", body)} | found
        references.append(f"{commit.hex()} refs/tags/{tag}\n")
        parent = f"parent {commit.hex()}\n".encode()
    header = f"# v2 git bundle\n{''.join(references)}\n".encode()
    return header + write_pack(objects)


def write_pack(objects: Objects) -> bytes:
    """Return a pack of complete objects, without deltas."""
    parts = [b"PACK", (2).to_bytes(4, "big"), len(objects).to_bytes(4, "big")]
    for kind, body in objects.values():
        parts += [entry_header(KINDS[kind], len(body)), zlib.compress(body)]
    pack = b"".join(parts)
    return pack + hashlib.sha1(pack, usedforsecurity=False).digest()


def entry_header(kind: int, size: int) -> bytes:
    """Return the header of an entry: 3 bits of kind, then the size, 7 bits a byte."""
    first, size = kind << 4 | size & 15, size >> 4
    header = bytearray()
    while size:
        header.append(first | 128)
        first, size = size & 127, size >> 7
    return bytes([*header, first])
