"""A composed template as a Git bundle: written for Copier, and read with suspicion."""

import re
import tempfile
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from scaffold import __version__
from scaffold.errors import GitError, NoGitError, ProjectError
from scaffold.project.git import git, git_with_limit
from scaffold.tree import File, Tree, check_path, tree_id

BUNDLE = ".scaffold/template.bundle"  # where a project keeps it
# Fixed, so that the same template is the same commit on every machine.
IDENTITY = "torch-scaffold <torch-scaffold@localhost> 946684800 +0000"
ISOLATED_ENV = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null"}

# A bundle in a project may come from strangers. Ours have 20 KB, 50 files at most.
MAX_BYTES, MAX_OBJECTS, MAX_UNPACKED_BYTES, MAX_DEPTH = 4_000_000, 2_000, 32_000_000, 20
# No object may unpack to more, so that a small file cannot fill the memory.
LIMITED_ENV = ISOLATED_ENV | {"GIT_ALLOC_LIMIT": "16m"}
HEADER = re.compile(rb"# v2 git bundle\n([0-9a-f]{40}) refs/tags/([0-9A-Za-z.+]{1,80})")
MODES = {"100644": False, "100755": True}  # of plain files: -> executable
FOLDER = "40000"


class BundleContents(NamedTuple):
    """What a bundle holds: one composed template, and the tag that names it."""

    tag: str
    template: Tree


def tag(tree: Tree) -> str:
    """Return the name of the bundle's commit: a PEP 440 version that names the tree."""
    return f"{__version__}+{tree_id(tree)[:12]}"


def make_bundle(tree: Tree) -> bytes:
    """Return a Git bundle of exactly one commit, without parent, that holds `tree`."""
    name = f"refs/tags/{tag(tree)}"
    with tempfile.TemporaryDirectory(prefix="scaffold-") as scratch:
        folder = Path(scratch)
        init_bare_repository(folder)
        commit_tree(folder, tree, name, IDENTITY, f"Template {tag(tree)}", ISOLATED_ENV)
        # One thread, so that the bytes too are the same each time.
        create = ("bundle", "create", "--quiet", "-", name)
        once = ("pack.threads=1",)
        return git(*create, folder=folder, settings=once, extra=ISOLATED_ENV)


def init_bare_repository(folder: Path) -> None:
    """Make an empty folder the least that Git takes for a bare repository.

    `git init` does it too, but as a process more, which a `status` can do without.
    """
    for name in ("objects", "refs"):
        (folder / name).mkdir()
    (folder / "HEAD").write_text("ref: refs/heads/main\n", encoding="ascii")


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


def read_bundle(path: Path) -> BundleContents:
    """Return what a bundle of a project holds, once everything about it is checked.

    Raises ProjectError if it is missing, bundle_error, oversize, or no bundle of ours.
    """
    try:
        return open_bundle(path)
    except NoGitError:
        raise
    except (GitError, ValueError) as error:
        raise bundle_error(path, str(error)) from error


def open_bundle(path: Path) -> BundleContents:
    """Return what a bundle holds; raises GitError where Git finds fault with it."""
    if path.is_symlink() or not path.is_file():
        raise bundle_error(path, "it is missing, or no plain file")
    if path.stat().st_size > MAX_BYTES:
        raise bundle_error(path, f"it is larger than {MAX_BYTES} bytes")
    head, _, pack = path.read_bytes().partition(b"\n\n")
    match = HEADER.fullmatch(head)
    if not match or pack[:4] != b"PACK":
        raise bundle_error(path, "it is no bundle of one tagged commit")
    if int.from_bytes(pack[8:12], "big") > MAX_OBJECTS:
        raise bundle_error(path, f"it holds more than {MAX_OBJECTS} objects")
    commit, tag = match[1].decode(), match[2].decode()
    tree = unpack(pack, commit)
    if tag.rpartition("+")[2] != tree_id(tree)[:12]:
        raise bundle_error(path, f"its content is not what its tag {tag} says")
    return BundleContents(tag, tree)


@lru_cache(maxsize=1)
def unpack(pack: bytes, commit: str) -> Tree:
    """Return the files of a commit in a pack; a class of projects often shares one."""
    with tempfile.TemporaryDirectory(prefix="scaffold-") as scratch:
        return read_pack(Path(scratch), pack, commit)


def read_pack(folder: Path, pack: bytes, commit: str) -> Tree:
    """Return the files of a commit in a pack; every object is checked by Git.

    Raises ValueError where it holds what a composed template does not.
    """
    init_bare_repository(folder)
    index = ("index-pack", "--stdin", "--strict")
    git(*index, folder=folder, data=pack, extra=LIMITED_ENV)
    every = ("cat-file", "--batch-all-objects", "--batch")
    listed = git_with_limit(
        MAX_UNPACKED_BYTES, *every, folder=folder, extra=LIMITED_ENV
    )
    if listed is None:
        raise ValueError(f"it unpacks to more than {MAX_UNPACKED_BYTES} bytes")
    objects = split_objects(listed)
    text = objects.get(commit, b"").partition(b"\n\n")[0]
    root = re.match(rb"tree ([0-9a-f]{40})\n(?!parent )", text)
    if not root:
        raise ValueError("it does not hold one commit without a parent")
    tree: Tree = {}
    for number, (name, mode, entry) in enumerate(walk_tree(objects, root[1].decode())):
        # Few objects can make many files: one folder may stand in many places.
        if number > MAX_OBJECTS or name.count("/") > MAX_DEPTH:
            raise ValueError("it holds too many files or folders")
        check_path(name, BUNDLE)
        if mode in MODES:
            tree[name] = File(objects[entry], MODES[mode])
        elif mode != FOLDER:
            raise ValueError(f"{name!r} in it is a link or a submodule")
    return tree


def split_objects(listed: bytes) -> dict[str, bytes]:
    """Return the objects that `git cat-file --batch` printed, by their id."""
    objects, place = {}, 0
    while place < len(listed):
        begin = listed.index(b"\n", place) + 1
        name, *_, size = listed[place:begin].decode().split()
        if not size.isdigit():
            raise GitError(f"Git has no object {name}")
        place = begin + int(size) + 1
        objects[name] = listed[begin : place - 1]
    return objects


def walk_tree(
    objects: Mapping[str, bytes], tree: str, folder: str = ""
) -> Iterator[tuple[str, str, str]]:
    """Yield path, mode and id of all that lies in a tree object, and in those below."""
    rest = objects[tree]
    while rest:
        head, _, rest = rest.partition(b"\0")
        mode, _, name = head.decode("utf-8", "replace").partition(" ")
        path, entry, rest = folder + name, rest[:20].hex(), rest[20:]
        yield path, mode, entry
        if mode == FOLDER:
            yield from walk_tree(objects, entry, path + "/")


def bundle_error(path: Path, reason: str) -> ProjectError:
    """Return the error for a bundle that is not used."""
    advice = "bring back the one that was committed: git checkout HEAD -- .scaffold"
    return ProjectError(f"{path} is not used, since {reason}; {advice}")
