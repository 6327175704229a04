"""A composed template as a Git bundle, from which Copier can update a project."""

import tempfile
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
        git(*init, ".", folder=folder, extra=ISOLATED)
        stream = export_stream(tree, name)
        git("fast-import", "--quiet", folder=folder, data=stream, extra=ISOLATED)
        # One thread, so that the bytes too are the same each time.
        create = ("-c", "pack.threads=1", "bundle", "create", "--quiet", "-", name)
        return git(*create, folder=folder, extra=ISOLATED)


def export_stream(tree: Tree, name: str) -> bytes:
    """Return the commit as input of `git fast-import`."""
    message = f"Template {name.removeprefix('refs/tags/')}\n".encode()
    parts = [
        f"commit {name}\ncommitter {IDENTITY}\ndata {len(message)}\n".encode() + message
    ]
    for path, file in tree.items():
        mode = "100755" if file.executable else "100644"
        head = f"M {mode} inline {path}\ndata {len(file.data)}\n"
        parts.append(head.encode() + file.data + b"\n")
    return b"".join(parts)
