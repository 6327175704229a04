"""What is installed now, for a project that was made some time ago."""

from collections.abc import Sequence
from pathlib import Path

from packaging.version import InvalidVersion, Version

from scaffold import __version__
from scaffold.bundle import tag
from scaffold.compose import compose
from scaffold.errors import ArgumentError, ProjectError
from scaffold.existing import Existing
from scaffold.plugins import Plugin, all_plugins, find_task
from scaffold.recipe import Layer, Recipe


def find_recipe(project: Existing, folders: Sequence[Path]) -> Recipe:
    """Return the recipe of a project, from what is installed now.

    Raises ProjectError if that is older than what the project was made with, or if a
    plugin is missing.
    """
    if older(__version__, project.record.scaffold):
        raise ProjectError(
            f"{project.folder} was made with torch-scaffold {project.record.scaffold}, "
            f"this is {__version__}; type pip install --upgrade "
            f"'torch-scaffold>={project.record.scaffold}'"
        )
    plugins = [find_layer(layer, folders) for layer in project.record.plugins]
    return Recipe(tuple(plugins), **project.record.choices)


def find_layer(layer: Layer, folders: Sequence[Path]) -> Plugin:
    """Return the plugin that a recorded recipe names; raise ProjectError if it cannot.

    A plugin that was renamed is found by the names that it had before.
    """
    try:
        plugin = find_task(layer.name, folders)
    except ArgumentError as error:
        heirs = [
            plugin
            for plugin in all_plugins(folders)
            if isinstance(plugin, Plugin) and layer.name in plugin.manifest.formerly
        ]
        if len(heirs) != 1:
            missing = f"the plugin {layer.name} {layer.version} is not installed"
            raise ProjectError(f"{missing}; {advice(layer)}") from error
        plugin = heirs[0]
    if older(plugin.manifest.version, layer.version):
        raise ProjectError(
            f"the plugin {layer.name} is {plugin.manifest.version} here, older than "
            f"{layer.version}, which made the project; {advice(layer)}"
        )
    return plugin


def advice(layer: Layer) -> str:
    """Return what to do to get a plugin that a project was made with."""
    kind, _, package = layer.source.partition(" ")
    if kind == "package":
        name, _, version = package.partition(" ")
        return f"if you trust it, type pip install '{name}>={version}'"
    if kind == "folder":
        return "name its folder with --plugin DIR"
    return "it came with torch-scaffold; type pip install --upgrade torch-scaffold"


def older(version: str, other: str) -> bool:
    """Return whether a version is lower than another; raise ProjectError if not one."""
    try:
        return Version(version) < Version(other)
    except InvalidVersion as error:
        raise ProjectError(f"the recipe of the project is damaged: {error}") from error


def is_current(project: Existing, recipe: Recipe) -> bool:
    """Return whether a project has all that is installed."""
    return tag(compose(recipe)) == project.tag


def versions(recipe: Recipe) -> dict[str, str]:
    """Return the version of scaffold, and of each plugin."""
    plugins = {
        plugin.manifest.name: plugin.manifest.version for plugin in recipe.plugins
    }
    return {"torch-scaffold": __version__, **plugins}
