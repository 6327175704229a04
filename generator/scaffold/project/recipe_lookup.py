"""Find the installed plugins for the recipe of an existing project."""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from packaging.version import InvalidVersion, Version

from scaffold import __version__
from scaffold.catalog.discovery import named_folder
from scaffold.catalog.plugins import (
    InvalidPlugin,
    Plugin,
    all_plugins,
    find_feature,
    find_plugin,
    valid_plugins,
)
from scaffold.compose.recipe import Recipe, Record, RecordedPlugin
from scaffold.compose.rules import check_removable, resolve
from scaffold.errors import ArgumentError, ProjectError


def find_recipe(
    record: Record,
    folders: Sequence[Path],
    add: Collection[str] = (),
    remove: Collection[str] = (),
) -> Recipe:
    """Return the recipe of a project with the installed plugins.

    Features to `add` are included with those that they require; features to `remove`
    need not be installed. Raises ProjectError if a plugin is missing, or if scaffold or
    a plugin is older than the version that generated the project; ArgumentError if the
    features cannot be combined.
    """
    if is_older(__version__, record.scaffold):
        raise ProjectError(
            f"the project was generated with torch-scaffold {record.scaffold}, but "
            f"{__version__} is installed; run pip install --upgrade "
            f"'torch-scaffold>={record.scaffold}'"
        )
    task = find_recorded(record.task, "task", folders)
    find = feature_finder(record, folders)
    kept = [find(name) for name in record.features if name not in remove]
    check_removable([task, *kept], remove)
    added = [find(name) for name in add if name not in record.features]
    return Recipe((task, *resolve(task, [*kept, *added], find)), **record.choices)


def feature_finder(record: Record, folders: Sequence[Path]) -> Callable[[str], Plugin]:
    """Return a function that finds features, checking recorded versions."""
    recorded = {plugin.name: plugin for plugin in record.plugins[1:]}

    def find(name: str) -> Plugin:
        if name in recorded:
            return find_recorded(recorded[name], "feature", folders)
        return find_feature(name, folders)

    return find


def find_recorded(
    recorded: RecordedPlugin, kind: str, folders: Sequence[Path]
) -> Plugin:
    """Return the installed plugin for one of a recorded recipe.

    A renamed plugin is found by its former names. Raises ProjectError if there is none.
    """
    try:
        plugin = find_plugin(recorded.name, kind, folders)
    except ArgumentError as error:
        plugin = find_renamed(recorded, kind, folders, error)
    if is_older(plugin.manifest.version, recorded.version):
        raise ProjectError(
            f"plugin {recorded.name} {plugin.manifest.version} is older than "
            f"{recorded.version}, which generated the project; install that version or "
            "a newer one"
        )
    return plugin


def find_renamed(
    recorded: RecordedPlugin, kind: str, folders: Sequence[Path], error: ArgumentError
) -> Plugin:
    """Return the plugin that was renamed; raise ProjectError if there is not one."""
    name = recorded.name
    found = [p for p in valid_plugins(kind, folders) if name in p.manifest.renamed_from]
    if len(found) == 1:
        return found[0]
    named = {named_folder(folder).name for folder in folders}
    invalid = [p for p in all_plugins(folders) if isinstance(p, InvalidPlugin)]
    reasons = [p.reason for p in invalid if p.name in named]
    hint = (reasons or [install_hint(recorded)])[0]
    missing = f"plugin {name} {recorded.version} is not installed"
    raise ProjectError(f"{missing}; {hint}") from error


def install_hint(recorded: RecordedPlugin) -> str:
    """Return how to install the plugin of a recorded recipe."""
    kind, _, package = recorded.source.partition(" ")
    if kind == "package":
        name, _, version = package.partition(" ")
        return f"if you trust it, run pip install '{name}>={version}'"
    if kind == "folder":
        return "name its folder with --plugin DIR"
    return "it is part of torch-scaffold; run pip install --upgrade torch-scaffold"


def is_older(version: str, other: str) -> bool:
    """Compare two versions; raise ProjectError if one is invalid."""
    try:
        return Version(version) < Version(other)
    except InvalidVersion as error:
        raise ProjectError(
            f"invalid version in the project's recipe: {error}"
        ) from error


def installed_versions(recipe: Recipe) -> dict[str, str]:
    """Return the installed versions of scaffold and of the plugins of a recipe."""
    plugins = {plugin.name: plugin.manifest.version for plugin in recipe.plugins}
    return {"torch-scaffold": __version__, **plugins}
