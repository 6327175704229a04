"""Tasks of other shapes than the built-in ones, as authors of plugins write them."""

from pathlib import Path

from recipes import make_recipe

from scaffold.catalog.discovery import named_folder
from scaffold.catalog.plugins import Plugin, read_plugin
from scaffold.project.create import render_project
from scaffold.tree import Tree

HOME = Path(__file__).parent / "plugins"
TASK_PLUGINS = {
    path.name: read_plugin(named_folder(path)) for path in sorted(HOME.iterdir())
}


def render_task(name: str, *features: Plugin) -> Tree:
    """Return a project of one of these tasks, whose package has the same name."""
    recipe = make_recipe(TASK_PLUGINS[name], *features)
    return dict(render_project(recipe, {"project_name": name}).files)
