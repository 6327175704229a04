"""A composed template as a Git bundle, from which Copier can update a project."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from scaffold import __version__
from scaffold.git import git
from scaffold.tree import Tree, tree_id

# Fixed, so that the same template is the same commit on every machine.
IDENTITY = "torch-scaffold <torch-scaffold@localhost> 946684800 +0000"
ISOLATED = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null"}


def tag(tree: Tree) -> str:
    """Return the name of the bundle's commit: a PEP 440 version that names the tree."""
    return f"{__version__}+{tree_id(tree)[:12]}"


def make_bundle(tree: Tree) -> bytes:
    """Return a Git bundle of exactly one commit, without parent, that holds `tree`."""
    name = f"refs/tags/{tag(tree)}"
    with tempfile.TemporaryDirectory(prefix="scaffold-") as scratch:
        folder = Path(scratch)
        init = ("init", "--quiet", "--bare", "--template=", "--object-format=sha1")
        git(*init, folder=folder, extra=ISOLATED)
        commit_tree(folder, tree, name, IDENTITY, f"Template {tag(tree)}", ISOLATED)
        # One thread, so that the bytes too are the same each time.
        create = ("bundle", "create", "--quiet", "-", name)
        once = ("pack.threads=1",)
        return git(*create, folder=folder, settings=once, extra=ISOLATED)


def commit_tree(
    folder: Path,
    tree: Tree,
    reference: str,
    identity: str,
    message: str,
    extra: Mapping[str, str] | None = None,
) -> None:
    """Make a commit without parent of a tree in memory, and point `reference` to it.

    `identity` is the committer as Git writes it: name, address, seconds, time zone.
    """
    text = message.encode()
    head = f"commit {reference}\ncommitter {identity}\ndata {len(text)}\n".encode()
    parts = [head + text + b"\n"]
    for path, file in tree.items():
        mode = "100755" if file.executable else "100644"
        entry = f"M {mode} inline {path}\ndata {len(file.data)}\n"
        parts.append(entry.encode() + file.data + b"\n")
    # One pack for all objects, instead of a file for each.
    quick = ("fastimport.unpackLimit=1", "core.fsync=none")
    data = b"".join(parts)
    git("fast-import", "--quiet", folder=folder, data=data, settings=quick, extra=extra)
