"""Unified diffs of file trees, made by Git."""

from scaffold.project.bundle import IDENTITY
from scaffold.project.fast_import import commit_tree
from scaffold.project.git import ISOLATED_ENV, git
from scaffold.project.scratch import scratch_repository
from scaffold.tree import Tree


def make_diff(before: Tree, after: Tree) -> str:
    """Return the unified diff of two trees, "" if they are equal."""
    with scratch_repository() as folder:
        for name, tree in (("before", before), ("after", after)):
            reference = f"refs/heads/{name}"
            commit_tree(folder, tree, reference, IDENTITY, name, ISOLATED_ENV)
        options = ("--no-color", "--no-renames", "--no-ext-diff", "before", "after")
        return git("diff", *options, folder=folder, extra=ISOLATED_ENV).decode(
            errors="replace"
        )
