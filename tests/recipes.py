"""Recipes of tests."""

from collections.abc import Callable, Iterable

from scaffold.catalog.plugins import Plugin, find_feature, valid_plugins
from scaffold.compose.recipe import Recipe
from scaffold.compose.rules import full_preset, resolve


def make_recipe(
    task: Plugin,
    *features: Plugin,
    find: Callable[[str], Plugin] = find_feature,
    **choices: str,
) -> Recipe:
    """Return the recipe of a task, features, and what these require."""
    return Recipe((task, *resolve(task, features, find)), **choices)


def all_features(task: Plugin, chosen: Iterable[Plugin] = ()) -> list[Plugin]:
    """Return all features that a task can have, with those that are chosen."""
    return full_preset(task, valid_plugins("feature"), find_feature, list(chosen))
