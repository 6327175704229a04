"""Where the lines of a generated project come from: files of plugins and the core."""

import re
from collections.abc import Iterator
from pathlib import Path

from scaffold.compose.comments import matching_lines
from scaffold.compose.composition import list_layers
from scaffold.compose.recipe import Recipe
from scaffold.tree import Tree, list_files, target

PLACE = re.compile(r"([^:,]+)(::[^,]+)?(?:, line (\d+))?")  # file, test, line


def locate(where: str, recipe: Recipe, files: Tree, package: str) -> str:
    """Return the place in a plugin or the core that a place in a project comes from.

    A place that is not in the project is returned as it is.
    """
    if where.startswith("plugin.toml"):
        return f"{recipe.task.folder}/{where}"
    found = PLACE.fullmatch(where)
    path = found[1] if found else ""
    path = path if path in files else f"{package}/{path}"
    sources = list(find_sources(path, recipe, package))
    if not found or path not in files or not sources:
        return where
    if not found[3]:
        return f"{sources[0]}{found[2] or ''}"
    source, line = locate_line(int(found[3]), files[path].data.decode(), sources)
    return f"{source}, line {line}" if line else str(source)


def find_sources(path: str, recipe: Recipe, package: str) -> Iterator[Path]:
    """Yield the files with the lines of a file of a project, its own first."""
    layers = list_layers(recipe)[::-1]  # a file that replaces another comes after it
    folders = [layer.overlay for layer in layers] + [layer.slots for layer in layers]
    for folder in folders:
        for name in list_files(folder) if folder.is_dir() else ():
            if target(name).replace("{{ package }}", package) == path:
                yield folder / name


def locate_line(line: int, text: str, sources: list[Path]) -> tuple[Path, int]:
    """Return the file and line that a line of a text comes from.

    Composition writes some lines, such as those of Config; they have the line 0.
    """
    lines = [row.strip() for row in text.splitlines()]
    for source in sources:
        rows = source.read_text(encoding="utf-8").splitlines()
        matched = matching_lines(lines, [row.strip() for row in rows])
        if line - 1 in matched:
            return source, matched[line - 1] + 1
    return sources[0], 0
