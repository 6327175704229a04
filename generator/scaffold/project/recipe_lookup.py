"""Find the installed plugins for the recipe of an existing project."""

from collections.abc import Sequence
from pathlib import Path

from packaging.version import InvalidVersion, Version

from scaffold import __version__
from scaffold.catalog.discovery import named_folder
from scaffold.catalog.plugins import Broken, Plugin, all_plugins, find_task
from scaffold.compose.recipe import Layer, Recipe, Record
from scaffold.errors import ArgumentError, ProjectError


def find_recipe(record: Record, folders: Sequence[Path]) -> Recipe:
    """Return the recipe of a project with the installed plugins.

    Raises ProjectError if a plugin is missing, or if scaffold or a plugin is older than
    the version that generated the project.
    """
    if is_older(__version__, record.scaffold):
        raise ProjectError(
            f"the project was generated with torch-scaffold {record.scaffold}, but "
            f"{__version__} is installed; run pip install --upgrade "
            f"'torch-scaffold>={record.scaffold}'"
        )
    plugins = [find_plugin(layer, folders) for layer in record.plugins]
    return Recipe(tuple(plugins), **record.choices)


def find_plugin(layer: Layer, folders: Sequence[Path]) -> Plugin:
    """Return the installed plugin for a layer of a recorded recipe.

    A renamed plugin is found by its former names. Raises ProjectError if there is none.
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
            missing = f"plugin {layer.name} {layer.version} is not installed"
            bad = [p.reason for p in found if isinstance(p, Broken) and p.name in named]
            raise ProjectError(
                f"{missing}; {(bad or [install_hint(layer)])[0]}"
            ) from error
        plugin = heirs[0]
    if is_older(plugin.manifest.version, layer.version):
        raise ProjectError(
            f"plugin {layer.name} {plugin.manifest.version} is older than "
            f"{layer.version}, which generated the project; install that version or a "
            "newer one"
        )
    return plugin


def install_hint(layer: Layer) -> str:
    """Return how to install the plugin of a recorded recipe."""
    kind, _, package = layer.source.partition(" ")
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
    plugins = {
        plugin.manifest.name: plugin.manifest.version for plugin in recipe.plugins
    }
    return {"torch-scaffold": __version__, **plugins}
