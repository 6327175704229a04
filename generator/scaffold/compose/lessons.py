"""Lesson comments in other languages: `lessons.ko.toml`, beside the files of a layer.

It has a table for each file of a project, with the English text of each comment as key.
A comment that is not in it stays English, and so does one whose English has changed.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from scaffold.catalog.manifest_reader import read_toml
from scaffold.catalog.questions import explain
from scaffold.compose.comments import (
    WHY,
    Block,
    continues_block,
    find_blocks,
    split_lines,
)
from scaffold.errors import PluginError

Lessons = Mapping[str, Mapping[str, str]]  # translation by file and English text


def read_lessons(folders: Iterable[Path], language: str) -> dict[str, dict[str, str]]:
    """Return the translations that layers have, by file and English text."""
    lessons: dict[str, dict[str, str]] = {}
    for folder in folders:
        path = folder / f"lessons.{language}.toml"
        if path.exists():
            for file, texts in read_table(path).items():
                lessons[file] = lessons.get(file, {}) | texts
    return lessons


def read_table(path: Path) -> dict[str, dict[str, str]]:
    """Return the checked content of a `lessons.ko.toml`, or raise PluginError."""
    try:
        table = msgspec.convert(read_toml(path), dict[str, dict[str, str]])
    except msgspec.ValidationError as error:
        raise PluginError(f"{path}: {explain(error)}") from error
    for texts in table.values():
        for english, text in texts.items():
            if not all(continues_block(f"# {line}") for line in text.splitlines()):
                rule = "no line may begin with '{%', 'slot:' or 'why:'"
                raise PluginError(f"{path}: {english!r}: {rule}")
    return table


def translate(text: str, texts: Mapping[str, str]) -> str:
    """Return a Python file with its lesson comments translated, as far as they are."""
    lines = split_lines(text)
    for block in reversed(find_blocks(text)):
        if translation := texts.get(to_text(block)):
            indent = block.lines[0].partition("#")[0]
            first, *more = translation.strip().splitlines()
            comment = [f"{WHY} {first}", *(f"# {line}" for line in more)]
            end = block.start + len(block.lines)
            lines[block.start : end] = [f"{indent}{line}\n" for line in comment]
    return "".join(lines)


def to_text(block: Block) -> str:
    """Return the text of a lesson comment, in one line."""
    words = " ".join(line.strip().removeprefix("#").strip() for line in block.lines)
    return words.removeprefix("why:").strip()
