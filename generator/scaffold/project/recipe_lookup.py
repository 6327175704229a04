"""What is installed now, for a project that was made some time ago."""

from collections.abc import Sequence
from pathlib import Path

from packaging.version import InvalidVersion, Version

from scaffold import __version__
from scaffold.catalog.discovery import named_folder
from scaffold.catalog.plugins import Broken, Plugin, all_plugins, find_task
from scaffold.compose.recipe import Layer, Recipe, Record
from scaffold.errors import ArgumentError, ProjectError


def find_recipe(record: Record, folders: Sequence[Path]) -> Recipe:
    """Return the recipe of a project, from what is installed now.

    Raises ProjectError if that is older than what the project was made with, or if a
    plugin is missing.
    """
    if is_older(__version__, record.scaffold):
        raise ProjectError(
            f"the project was made with torch-scaffold {record.scaffold}, this is "
            f"{__version__}; type pip install --upgrade "
            f"'torch-scaffold>={record.scaffold}'"
        )
    plugins = [find_plugin(layer, folders) for layer in record.plugins]
    return Recipe(tuple(plugins), **record.choices)


def find_plugin(layer: Layer, folders: Sequence[Path]) -> Plugin:
    """Return the plugin that a recorded recipe names; raise ProjectError if it cannot.

    A plugin that was renamed is found by the names that it had before.
    """
    try:
        plugin = find_task(layer.name, folders)
    except ArgumentError as error:
        found = all_plugins(folders)
        named = {named_folder(folder).name for folder in folders}
        heirs = [
            plugin
            for plugin in found
            if isinstance(plugin, Plugin) and layer.name in plugin.manifest.formerly
        ]
        if len(heirs) != 1:
            missing = f"the plugin {layer.name} {layer.version} is not here"
            bad = [p.reason for p in found if isinstance(p, Broken) and p.name in named]
            raise ProjectError(
                f"{missing}; {(bad or [install_hint(layer)])[0]}"
            ) from error
        plugin = heirs[0]
    if is_older(plugin.manifest.version, layer.version):
        raise ProjectError(
            f"the plugin {layer.name} is {plugin.manifest.version} here, older than "
            f"{layer.version}, which made the project; use that version or a newer one"
        )
    return plugin


def install_hint(layer: Layer) -> str:
    """Return what to do to get a plugin that a project was made with."""
    kind, _, package = layer.source.partition(" ")
    if kind == "package":
        name, _, version = package.partition(" ")
        return f"if you trust it, type pip install '{name}>={version}'"
    if kind == "folder":
        return "name its folder with --plugin DIR"
    return "it came with torch-scaffold; type pip install --upgrade torch-scaffold"


def is_older(version: str, other: str) -> bool:
    """Return whether a version is lower than another; raise ProjectError if not one."""
    try:
        return Version(version) < Version(other)
    except InvalidVersion as error:
        raise ProjectError(f"the recipe of the project is damaged: {error}") from error


def installed_versions(recipe: Recipe) -> dict[str, str]:
    """Return the version of scaffold, and of each plugin."""
    plugins = {
        plugin.manifest.name: plugin.manifest.version for plugin in recipe.plugins
    }
    return {"torch-scaffold": __version__, **plugins}
