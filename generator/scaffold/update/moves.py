"""Follow files that the owner of a project moved or renamed, as `git merge` does."""

from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import PurePosixPath

from scaffold.project.blobs import Blobs, is_regular_file, to_file
from scaffold.project.bundle import IDENTITY
from scaffold.project.fast_import import commit_tree
from scaffold.project.git import git
from scaffold.project.scratch import scratch_repository
from scaffold.update.repository import Repository, rev_parse, split_nul

# The configuration of a repository whose IDs are not SHA-1.
SHA256 = """\
[core]
\trepositoryformatversion = 1
[extensions]
\tobjectformat = sha256
"""


def find_moves(
    repository: Repository, tracked: Collection[str], base: Blobs, theirs: Blobs
) -> dict[str, str]:
    """Return the new paths of generated files that the owner moved.

    New files of the template follow if the owner moved all files of their folder.
    Nothing is moved onto a file of the template.
    """
    missing = base.keys() - tracked
    if not missing or not set(tracked) - base.keys():
        return {}
    moves = detect_renames(repository, base)
    moves = {old: new for old, new in moves.items() if old in missing}
    for path in theirs.keys() - base.keys() - set(tracked):
        moves[path] = follow_folder(path, moves, tracked)
    used = Counter([*moves.values(), *(base.keys() | theirs.keys()) - moves.keys()])
    return {old: new for old, new in moves.items() if used[new] == 1 and old != new}


def detect_renames(repository: Repository, base: Blobs) -> dict[str, str]:
    """Return the renames that Git finds between generated files and HEAD.

    The generated files get into a scratch repository, which reads the others from that
    of the project.
    """
    files = {
        path: to_file(blob) for path, blob in base.items() if is_regular_file(blob)
    }
    objects = rev_parse(repository.folder, "--git-path", "objects")
    with scratch_repository([repository.folder / objects]) as folder:
        if len(repository.head) > 40:
            (folder / "config").write_text(SHA256)
        commit_tree(folder, files, "refs/heads/base", IDENTITY, "base")
        options = ("-r", "-z", "--find-renames", "--no-rename-empty", "--name-status")
        sides = ("refs/heads/base", f"{repository.head}:{repository.prefix}")
        listed = git("diff-tree", *options, "--diff-filter=R", *sides, folder=folder)
    fields = list(split_nul(listed))
    return dict(zip(fields[1::3], fields[2::3], strict=True))


def follow_folder(path: str, moves: Mapping[str, str], tracked: Collection[str]) -> str:
    """Return where a new file belongs: in the folder to which its old one was moved."""
    for folder in map(str, PurePosixPath(path).parents[:-1]):
        inside = f"{folder}/"
        if any(name.startswith(inside) for name in tracked):
            return path  # some files stayed
        targets = Counter(
            new.removesuffix(old.removeprefix(folder))
            for old, new in moves.items()
            if old.startswith(inside) and new.endswith(old.removeprefix(folder))
        )
        for target, _ in targets.most_common(1):
            return target + path.removeprefix(folder)
    return path


def move(side: Blobs, moves: Mapping[str, str]) -> Blobs:
    """Return the files of one side of a merge, at the paths that the owner chose."""
    return {moves.get(path, path): blob for path, blob in side.items()}
