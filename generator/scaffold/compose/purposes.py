"""The purpose of each file of a project, in the order to read the files."""

import tomllib

from scaffold.catalog.discovery import BASE
from scaffold.compose.recipe import Recipe
from scaffold.tree import target

BUNDLE = ".scaffold/template.bundle"


def purposes(recipe: Recipe, paths: list[str]) -> dict[str, str]:
    """Return a line of purpose for each of `paths`, in the order to read them."""
    known: dict[str, str] = tomllib.loads(
        (BASE / "files.toml").read_text(encoding="utf-8")
    )
    for plugin in recipe.plugins:
        known |= plugin.manifest.files
    present = {target(path) for path in paths} | {BUNDLE}
    return {path: known[path] for path in sorted(known, key=group) if path in present}


def group(path: str) -> int:
    """Return 0 for the README, 1 for the package, 2 for folders, 3 for other files."""
    if path == "README.md":
        return 0
    if path.startswith("{{ package }}/"):
        return 1
    return 2 if "/" in path and not path.startswith(".") else 3
