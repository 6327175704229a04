"""Read the templates of a published repository: from a project that Copier copied.

The repository is untrusted: Git fetches single commits of it into an empty one.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from packaging.version import InvalidVersion, Version

from scaffold.compose.composition import PROJECT
from scaffold.errors import GitError, NoGitError, ProjectError
from scaffold.project.bundle import Versions, read_commit, read_objects
from scaffold.project.git import git
from scaffold.project.scratch import scratch_repository
from scaffold.tree import Tree

# Where to look for the template of a project: only in its bundle, also in repositories
# on this machine, or also over the network.
Reach = Literal["bundle", "local", "remote"]
ALIASES = {"gh:": "https://github.com/", "gl:": "https://gitlab.com/"}  # of Copier
REMOTE = re.compile(r"[a-z+]+://|[^/:]+@[^/:]+:", re.IGNORECASE)
TAG = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+]{0,79}")
TEMPLATE_FILES = ("copier.yml", "recipe.json", PROJECT)
# Git checks all objects, limits their size, and uses no other protocols.
SETTINGS = ("fetch.fsckObjects=true", "fetch.unpackLimit=1", "core.fsync=none")
ENVIRONMENT = {
    "GIT_ALLOC_LIMIT": "16m",
    "GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh",
}


def read_published(source: str, folder: Path, commit: str, reach: Reach) -> Versions:
    """Return the version `commit` and the newest one of a published template.

    `source` is what Copier recorded in the project in `folder`.
    """
    url = locate(source, folder)
    if reach == "bundle":
        raise ProjectError(
            f"{folder} has its template from {source!r}: update it with copier update, "
            "or make it a scaffold project with scaffold update --adopt"
        )
    if REMOTE.match(url) and reach != "remote":
        raise ProjectError(
            f"{folder} has its template from {source!r}, which is read over the "
            "network only if you trust it and add --fetch"
        )
    try:
        with scratch_repository() as scratch:
            versions = list_versions(url, scratch)
            if commit not in versions:
                raise ProjectError(
                    f"{folder} was generated from {commit!r}, which is no version of "
                    f"{source!r}; run copier update to get one"
                )
            # As for Copier, a prerelease is no update, and neither is an older version.
            final = [tag for tag in versions if not versions[tag].is_prerelease]
            newest = max([commit, *final], key=versions.__getitem__)
            return fetch(url, list(dict.fromkeys([commit, newest])), scratch)
    except NoGitError:
        raise
    except (GitError, ValueError) as error:
        raise ProjectError(
            f"the template {source!r} cannot be read: {error}"
        ) from error


def locate(source: str, folder: Path) -> str:
    """Return the URL of a template as Git takes it, or its absolute path."""
    for alias, url in ALIASES.items():
        source = re.sub(rf"^{alias}/?", url, source)
    source = source.removeprefix("git+")
    if REMOTE.match(source) and not source.startswith("file://"):
        return source
    path = Path(source.removeprefix("file://")).expanduser()
    if not path.is_dir():
        raise ProjectError(
            f"{folder} has its template from {source!r}, which is no folder here; a "
            "relative path starts at the working directory, as for copier"
        )
    return str(path.absolute())


def list_versions(url: str, scratch: Path) -> dict[str, Version]:
    """Return the tags of a repository that are versions.

    Git runs in a repository of its own, whose configuration nobody else has written.
    """
    options = ("--tags", "--refs", "--", url)
    listed = git("ls-remote", *options, folder=scratch, extra=ENVIRONMENT)
    names = [line.rpartition("refs/tags/")[2] for line in listed.decode().splitlines()]
    return {name: version for name in names if (version := as_version(name))}


def as_version(tag: str) -> Version | None:
    """Return a tag as a version, or None if it is not one."""
    try:
        return Version(tag) if TAG.fullmatch(tag) else None
    except InvalidVersion:
        return None


def fetch(url: str, tags: Sequence[str], scratch: Path) -> Versions:
    """Return the templates at tags of a repository, fetched into an empty one."""
    references = [f"refs/tags/{tag}:refs/tags/{tag}" for tag in tags]
    commits = [f"refs/tags/{tag}^{{commit}}" for tag in tags]
    options = ("--quiet", "--no-tags", "--depth=1", "--", url, *references)
    git("fetch", *options, folder=scratch, settings=SETTINGS, extra=ENVIRONMENT)
    names = git("rev-parse", *commits, folder=scratch).decode().split()
    objects = read_objects(scratch)
    return {
        tag: only_template(read_commit(objects, name))
        for tag, name in zip(tags, names, strict=True)
    }


def only_template(tree: Tree) -> Tree:
    """Return the files of a composed template, without those for its publication."""
    return {
        path: file for path, file in tree.items() if path.startswith(TEMPLATE_FILES)
    }
