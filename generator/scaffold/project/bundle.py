"""Git bundles of composed templates: written for Copier, read as untrusted input.

The bundle of a project has the version that the project was generated from and, while
`scaffold update --template-only` waits for `copier update`, the next one.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from packaging.version import Version

from scaffold import __version__
from scaffold.errors import GitError, NoGitError, PluginError, ProjectError
from scaffold.project import pack_reader
from scaffold.project.git import ISOLATED_ENV, git, git_with_limit
from scaffold.project.pack import write_bundle
from scaffold.project.scratch import scratch_repository
from scaffold.tree import File, Tree, check_path, tree_id

BUNDLE = ".scaffold/template.bundle"  # path in a project
# Fixed, so that the same template has the same commit ID on every machine.
IDENTITY = "torch-scaffold <torch-scaffold@localhost> 946684800 +0000"

# Limits for untrusted bundles; those that scaffold writes have up to 20 KB, 50 files.
MAX_BYTES, MAX_OBJECTS, MAX_UNPACKED_BYTES, MAX_DEPTH = 4_000_000, 2_000, 32_000_000, 20
# Limits the size of an unpacked object: a small bundle must not exhaust the memory.
LIMITED_ENV = ISOLATED_ENV | {"GIT_ALLOC_LIMIT": "16m"}
REFERENCE = r"([0-9a-f]{40}) refs/tags/([0-9A-Za-z.+]{1,80})"
HEADER = re.compile(rf"# v2 git bundle(\n{REFERENCE}){{1,2}}".encode())
MODES = {"100644": False, "100755": True}  # of regular files -> executable
FOLDER = "40000"
IN_BROWSER = sys.platform == "emscripten"  # where there is no Git


Versions = dict[str, Tree]  # composed templates by tag, the oldest first


def tag(tree: Tree, after: str = "") -> str:
    """Return the tag of a template: a PEP 440 version with the ID of the tree.

    It sorts after the tag `after`, for Copier too, which ignores what follows the plus.
    """
    public = __version__
    if after and Version(public) <= Version(Version(after).public):
        last = Version(after)
        public = f"{last.base_version}.post{(last.post or 0) + 1}"
    return f"{public}+{tree_id(tree)[:12]}"


def make_bundle(tree: Tree) -> bytes:
    """Return a Git bundle with `tree` as its only commit.

    Raises PluginError if it is too large to be read again.
    """
    return bundle_versions({tag(tree): tree})


def bundle_versions(versions: Versions) -> bytes:
    """Return a Git bundle with a tagged commit for each version, one after the other.

    Raises PluginError if it is too large to be read again.
    """
    bundle = write_bundle(versions, IDENTITY)
    if len(bundle) > MAX_BYTES:
        raise PluginError(f"the template is larger than {MAX_BYTES} bytes, compressed")
    return bundle


def read_bundle(path: Path) -> Versions:
    """Return the templates in a project's bundle, after checking all of it.

    Raises ProjectError if it is missing, damaged, too large, or not from scaffold.
    """
    try:
        if path.is_symlink() or not path.is_file():
            raise ValueError("it is missing or not a regular file")
        if path.stat().st_size > MAX_BYTES:
            raise ValueError(f"it is larger than {MAX_BYTES} bytes")
        return open_bundle(path.read_bytes())
    except NoGitError:
        raise
    except (GitError, ValueError) as error:
        advice = "restore the committed one with git checkout HEAD -- .scaffold"
        raise ProjectError(f"{path} cannot be used: {error}; {advice}") from error


@lru_cache(maxsize=8)
def open_bundle(data: bytes) -> Versions:
    """Return the templates in a bundle; cached for projects of one template.

    Raises ValueError, or GitError if Git rejects it.
    """
    head, _, pack = data.partition(b"\n\n")
    if not HEADER.fullmatch(head) or pack[:4] != b"PACK":
        raise ValueError("it is not a bundle of one or two tagged commits")
    if int.from_bytes(pack[8:12], "big") > MAX_OBJECTS:
        raise ValueError(f"it has more than {MAX_OBJECTS} objects")
    tags = dict(re.findall(REFERENCE, head.decode()))  # by commit
    versions = {tags[name]: tree for name, tree in unpack(pack, frozenset(tags))}
    for tag, tree in versions.items():
        Version(tag)  # raises InvalidVersion, a ValueError
        if tag.rpartition("+")[2] != tree_id(tree)[:12]:
            raise ValueError(f"its content does not match its tag {tag}")
    return versions


def unpack(pack: bytes, commits: frozenset[str]) -> list[tuple[str, Tree]]:
    """Return commits in a pack and their files, the oldest first.

    Raises ValueError unless the second commit follows the first.
    """
    objects = read_pack(pack)
    parents = {commit: parents_of(objects, commit) for commit in commits}
    history = sorted(commits, key=lambda commit: len(parents[commit]))
    expected = [[], *([commit] for commit in history)]
    if any(parents[commit] != expected[n] for n, commit in enumerate(history)):
        raise ValueError("it has a commit whose parent is not the first version")
    return [(commit, read_commit(objects, commit)) for commit in history]


def read_pack(pack: bytes) -> dict[str, bytes]:
    """Return the objects of a pack, after Git has checked each in an empty folder."""
    if IN_BROWSER:
        return pack_reader.read_objects(pack, MAX_UNPACKED_BYTES)
    with scratch_repository() as folder:
        index = ("index-pack", "--stdin", "--strict")
        git(*index, folder=folder, data=pack, extra=LIMITED_ENV)
        return read_objects(folder)


def read_objects(folder: Path) -> dict[str, bytes]:
    """Return all objects of a scratch repository; raise ValueError if they are large.

    Git has checked each of them when it received them.
    """
    every = ("cat-file", "--batch-all-objects", "--batch")
    listed = git_with_limit(
        MAX_UNPACKED_BYTES, *every, folder=folder, extra=LIMITED_ENV
    )
    if listed is None:
        raise ValueError(f"it unpacks to more than {MAX_UNPACKED_BYTES} bytes")
    return split_objects(listed)


def parents_of(objects: Mapping[str, bytes], commit: str) -> list[str]:
    """Return the parents of a commit."""
    head = objects.get(commit, b"").partition(b"\n\n")[0].decode("ascii", "replace")
    return re.findall(r"^parent ([0-9a-f]{40})$", head, re.MULTILINE)


def read_commit(objects: Mapping[str, bytes], commit: str) -> Tree:
    """Return the files of a commit.

    Raises ValueError if it contains anything that a composed template does not.
    """
    root = re.match(rb"tree ([0-9a-f]{40})\n", objects.get(commit, b""))
    if not root:
        raise ValueError("its tag is not that of a commit")
    tree: Tree = {}
    for number, (name, mode, entry) in enumerate(walk_tree(objects, root[1].decode())):
        # A few objects can unpack to many files, if a tree is used in many places.
        if number > MAX_OBJECTS or name.count("/") > MAX_DEPTH:
            raise ValueError("it has too many files or folders")
        check_path(name, BUNDLE)
        if mode in MODES and entry in objects:
            tree[name] = File(objects[entry], MODES[mode])
        elif mode != FOLDER:
            raise ValueError(f"{name!r} in it is a symlink, a submodule or missing")
    return tree


def split_objects(listed: bytes) -> dict[str, bytes]:
    """Return the objects in the output of `git cat-file --batch`, by ID."""
    objects, position = {}, 0
    while position < len(listed):
        start = listed.index(b"\n", position) + 1
        name, *_, size = listed[position:start].decode().split()
        if not size.isdigit():
            raise GitError(f"Git object not found: {name}")
        position = start + int(size) + 1
        objects[name] = listed[start : position - 1]
    return objects


def walk_tree(
    objects: Mapping[str, bytes], tree: str, folder: str = ""
) -> Iterator[tuple[str, str, str]]:
    """Yield path, mode and ID of all entries of a tree object, recursively."""
    rest = objects.get(tree)
    if rest is None:
        raise ValueError(f"object {tree} is missing")
    while rest:
        head, _, rest = rest.partition(b"\0")
        mode, _, name = head.decode("utf-8", "replace").partition(" ")
        path, entry, rest = folder + name, rest[:20].hex(), rest[20:]
        yield path, mode, entry
        if mode == FOLDER:
            yield from walk_tree(objects, entry, path + "/")
