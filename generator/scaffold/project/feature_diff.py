"""The diff that a feature makes in a project."""

from collections.abc import Callable

from scaffold.catalog.plugins import Plugin
from scaffold.compose.recipe import Recipe
from scaffold.compose.rules import resolve
from scaffold.project.create import render_project
from scaffold.project.patch import make_diff
from scaffold.tree import Tree

ANSWERS = ".copier-answers.yml"  # names the version of the template


def diff_feature(task: Plugin, feature: Plugin, find: Callable[[str], Plugin]) -> str:
    """Return the unified diff between projects of a task without and with a feature.

    Features that it requires are in both. Raises ArgumentError if it cannot be combined
    with the task.
    """
    features = resolve(task, [feature], find)
    required = [plugin for plugin in features if plugin.name != feature.name]
    before, after = render_files(task, *required), render_files(task, *features)
    return make_diff(before, after)


def render_files(*plugins: Plugin) -> Tree:
    """Return the files of a project with default answers."""
    rendered = render_project(
        Recipe(plugins), {"project_name": f"my-{plugins[0].name}"}
    )
    return {path: file for path, file in rendered.files.items() if path != ANSWERS}
