"""The recipe: what a template is composed of, in order."""

import json
from typing import NamedTuple

from scaffold import __version__
from scaffold.plugins import Plugin

FORMAT = 1


class Recipe(NamedTuple):
    """An ordered list of plugins over the base; exactly one of them is a task."""

    plugins: tuple[Plugin, ...]

    @property
    def task(self) -> Plugin:
        """The plugin that supplies data, model, loss and metric."""
        return next(plugin for plugin in self.plugins if plugin.manifest.kind == "task")

    def to_json(self) -> str:
        """Return the text of `recipe.json`, at the root of a composed template."""
        plugins = [
            {
                "name": plugin.manifest.name,
                "version": plugin.manifest.version,
                "source": plugin.source,
            }
            for plugin in self.plugins
        ]
        recipe = {"format": FORMAT, "scaffold": __version__, "plugins": plugins}
        return json.dumps(recipe, indent=2) + "\n"
