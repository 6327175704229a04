"""Tasks of other shapes than the built-in ones, as authors of plugins write them."""

from pathlib import Path

from scaffold.catalog.discovery import named_folder
from scaffold.catalog.plugins import Plugin, find_feature, read_plugin, valid_plugins
from scaffold.compose.recipe import Recipe
from scaffold.compose.rules import full_preset, resolve
from scaffold.project.create import render_project
from scaffold.tree import Tree

HOME = Path(__file__).parent / "plugins"
TASK_PLUGINS = {
    path.name: read_plugin(named_folder(path)) for path in sorted(HOME.iterdir())
}


def render_task(name: str, *features: Plugin) -> Tree:
    """Return a project of one of these tasks, whose package has the same name."""
    task = TASK_PLUGINS[name]
    recipe = Recipe((task, *resolve(task, features, find_feature)))
    return dict(render_project(recipe, {"project_name": name}).files)


def all_features(name: str) -> list[Plugin]:
    """Return the features that can be combined with one of these tasks."""
    available = valid_plugins("feature")
    return full_preset(TASK_PLUGINS[name], available, find_feature, [])
