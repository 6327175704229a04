"""Small features, written by a test into a folder."""

from collections.abc import Mapping
from pathlib import Path

from recipes import make_recipe

from scaffold.catalog.discovery import named_folder
from scaffold.catalog.plugins import Plugin, find_feature, find_task, read_plugin
from scaffold.compose.recipe import Recipe
from scaffold.project.create import RenderedProject, render_project

PACKAGE = "{{ package }}/"
HEAD = """name = "{name}"
version = "1.0"
kind = "feature"
title = "Feature {name}"
summary = "For a test"
scaffold = ">=0.2,<0.3"
{keys}
[files]
{files}
{tables}
"""


def make_feature(
    home: Path,
    name: str,
    files: Mapping[str, str] = {},
    slots: Mapping[str, str] = {},
    keys: str = "",
    tables: str = "",
) -> Plugin:
    """Write a feature with these files and lines for slots, and read it."""
    folder = home / name
    (folder / "project").mkdir(parents=True)
    for part, texts in (("project", files), ("slots", slots)):
        for path, text in texts.items():
            target = folder / part / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
    purposes = "\n".join(
        f'"{path.removesuffix(".jinja")}" = "of {name}"' for path in files
    )
    toml = HEAD.format(name=name, keys=keys, files=purposes, tables=tables)
    (folder / "plugin.toml").write_text(toml)
    return read_plugin(named_folder(folder))


def recipe_of(task: str, *features: Plugin, **choices: str) -> Recipe:
    """Return the recipe of a task and features, which may require each other."""
    found = {plugin.name: plugin for plugin in features}

    def find(name: str) -> Plugin:
        return found.get(name) or find_feature(name)

    return make_recipe(find_task(task), *features, find=find, **choices)


def render(task: str, *features: Plugin, **given: str) -> RenderedProject:
    """Return a project of a task with features."""
    return render_project(recipe_of(task, *features), {"project_name": "p", **given})


def text_of(rendered: RenderedProject, path: str) -> str:
    """Return the text of a file of a rendered project."""
    return rendered.files[path].data.decode()
