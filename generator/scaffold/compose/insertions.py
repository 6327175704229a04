"""The lines that a layer inserts into files of other layers: its `slots/` folder.

`slots/PATH` belongs to the file PATH of the project. In a Python file, imports come
first; the lines for each slot follow below a heading `# slot: NAME`.
"""

import re
from pathlib import Path
from typing import NamedTuple

from scaffold.compose.imports import parse_imports
from scaffold.errors import PluginError
from scaffold.tree import read_tree

HEADING = re.compile(r"^# slot: (\w+)\n", re.MULTILINE)


class Insertion(NamedTuple):
    """What one layer inserts into one file: imports, and lines for each slot."""

    source: Path
    imports: list[str]
    lines: dict[str, list[str]]


def read_insertions(slots: Path) -> dict[str, Insertion]:
    """Return what a `slots` folder inserts, by path of the file in the project."""
    if not slots.is_dir():
        return {}
    return {
        path: parse_insertion(slots / path, file.text(slots / path))
        for path, file in read_tree(slots).items()
    }


def parse_insertion(source: Path, text: str) -> Insertion:
    """Return the parts of a file of a `slots` folder."""
    head, *parts = HEADING.split(text)
    if len(parts) != 2 * len(re.findall(r"^# slot:", text, re.MULTILINE)) or not parts:
        raise PluginError(f"{source}: needs headings of the form `# slot: NAME`")
    if source.suffix != ".py" and head.strip():
        raise PluginError(f"{source}: no lines may come before the first heading")
    imports = parse_imports(source, head) if source.suffix == ".py" else []
    lines: dict[str, list[str]] = {}
    for name, body in zip(parts[::2], parts[1::2], strict=True):
        if name in lines:
            raise PluginError(f"{source}: slot {name} has two headings")
        lines[name] = body.strip("\n").splitlines()
    return Insertion(source, imports, lines)
