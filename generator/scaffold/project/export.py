"""Write a published template: a Git repository with a commit and a tag per version."""

import re
from pathlib import Path

from packaging.version import Version

from scaffold import __version__
from scaffold.compose.recipe import Recipe, Record, read_record
from scaffold.errors import DestinationError, GitError, PluginError
from scaffold.project.bundle import tag
from scaffold.project.create import find_committer, make_repository, write_tree
from scaffold.project.destination import staged
from scaffold.project.fast_import import commit_tree
from scaffold.project.git import git, run_git
from scaffold.project.published import as_version
from scaffold.project.recipe_lookup import is_older
from scaffold.tree import Tree, tree_id


def export(folder: Path, tree: Tree, recipe: Recipe) -> str | None:
    """Add a template to the repository in a folder, which is created if necessary.

    Returns the tag of the new version, or None if the repository has this template
    already. Raises DestinationError if it has anything but versions of this template.
    """
    if not (folder / ".git").exists():
        return create_repository(folder, tree)
    check_clean(folder)
    last = find_last_tag(folder)
    check_recipe(folder, recipe)
    if tree_id(tree) == read(folder, "rev-parse", "HEAD^{tree}"):
        return None
    name = tag(tree, last)
    add_version(folder, tree, name)
    return name


def create_repository(folder: Path, tree: Tree) -> str:
    """Create the repository, with a first version."""
    name = tag(tree)
    with staged(folder) as stage:
        write_tree(tree, stage)
        git("init", "--quiet", "--object-format=sha1", folder=stage)
        make_repository(stage, tree)
        git("update-ref", f"refs/tags/{name}", "HEAD", folder=stage)
    return name


def add_version(folder: Path, tree: Tree, name: str) -> None:
    """Commit a version after HEAD, and check it out; without it, if that fails."""
    reference = f"refs/tags/{name}"
    who, message = find_committer(folder), f"Template {name}"
    commit_tree(folder, tree, reference, who, message, parent="HEAD")
    safe = ("--ff-only", "--no-overwrite-ignore", "--quiet")
    try:
        git("merge", *safe, reference, folder=folder)
    except BaseException:
        git("update-ref", "-d", reference, folder=folder)
        raise


def read(folder: Path, command: str, *words: str) -> str:
    """Return the output of a Git command, without the line end."""
    return git(command, *words, folder=folder).decode(errors="replace").strip()


def check_clean(folder: Path) -> None:
    """Raise DestinationError if files differ from HEAD, or there is none."""
    if run_git("rev-parse", "--verify", "HEAD", folder=folder).returncode:
        raise DestinationError(f"{folder} has no commits; name a new folder")
    no_lock = {"GIT_OPTIONAL_LOCKS": "0"}
    changed = git("status", "--porcelain", folder=folder, extra=no_lock)
    if changed:
        path = changed.decode(errors="replace").splitlines()[0][3:]
        raise DestinationError(
            f"{folder} has uncommitted changes: {path}; undo them, or name a new folder"
        )


def find_last_tag(folder: Path) -> str:
    """Return the tag of HEAD; raise DestinationError for commits of others."""
    tags_only = ("--decorate=short", "--decorate-refs=refs/tags/*")
    listed = read(folder, "log", *tags_only, "--format=%T %h %D").splitlines()
    found = []
    for line in listed:
        tree, commit, *words = line.split(" ")
        own = rf"tag: (\S+\+{tree[:12]})(?:,|$)"
        named: list[str] = re.findall(own, " ".join(words))
        tags = [tag for tag in named if as_version(tag)]
        if not tags:
            raise DestinationError(
                f"{folder} has the commit {commit}, which is no version with a tag of "
                "scaffold; run git fetch --tags if it is a clone, or name a new folder"
            )
        found += tags
    return max(found, key=Version)


def check_recipe(folder: Path, recipe: Recipe) -> None:
    """Raise DestinationError unless a recipe makes a newer version of the template."""
    record = read_head(folder)
    task = recipe.task.manifest
    if record.task.name not in {task.name, *task.renamed_from}:
        raise DestinationError(
            f"{folder} has the template of the task {record.task.name}, not of "
            f"{task.name}; name a new folder"
        )
    installed = {plugin.name: plugin.manifest.version for plugin in recipe.plugins}
    for name, version in record.versions.items():
        now = {"torch-scaffold": __version__, **installed}.get(name, version)
        if is_older(now, version):
            raise DestinationError(
                f"{folder} was exported with {name} {version}, but {now} is installed; "
                "install that version or a newer one"
            )


def read_head(folder: Path) -> Record:
    """Return the recipe of the version that is checked out."""
    try:
        return read_record(git("show", "HEAD:recipe.json", folder=folder))
    except (GitError, PluginError) as error:
        raise DestinationError(
            f"{folder} is a Git repository without an exported template: {error}; name "
            "a new folder"
        ) from error
