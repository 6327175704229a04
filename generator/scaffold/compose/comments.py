"""Lesson comments: blocks that start with `# why:`; find, drop and restore them.

A block is made of whole-line comments: it continues over the comments directly below
its first line, at the same indentation. Comments with Jinja (`# {%`) end it.
"""

import io
import tokenize
from collections.abc import Iterator
from typing import NamedTuple

WHY = "# why:"


class Block(NamedTuple):
    """A block of comments: the number of its first line, from 0, and its lines."""

    start: int
    lines: tuple[str, ...]  # with their line ends


def find_blocks(text: str) -> list[Block]:
    """Return the blocks of a Python file; none if it cannot be tokenized.

    Tokens are read, not lines, because a string can contain what looks like a comment.
    """
    lines = split_lines(text)
    try:
        columns = dict(whole_line_comments(text))
    except (tokenize.TokenError, SyntaxError):
        return []
    blocks: list[Block] = []
    end = 0
    for row, column in columns.items():
        if row < end or not lines[row][column:].startswith(WHY):
            continue
        end = row + 1
        while columns.get(end) == column and continues_block(lines[end][column:]):
            end += 1
        blocks.append(Block(row, tuple(lines[row:end])))
    return blocks


def whole_line_comments(text: str) -> Iterator[tuple[int, int]]:
    """Yield row and column, from 0, of the comments on lines of their own.

    Raises TokenError or SyntaxError if the text is not Python.
    """
    readline = io.StringIO(text, newline="\n").readline
    for token in tokenize.generate_tokens(readline):
        row, column = token.start
        if token.type == tokenize.COMMENT and not token.line[:column].strip():
            yield row - 1, column


def continues_block(comment: str) -> bool:
    """Return whether a comment belongs to the block above it."""
    return not comment.startswith((WHY, "# {%", "# slot:", "### "))


def drop_blocks(text: str, blocks: list[Block]) -> str:
    """Return a text without these blocks of it."""
    lines = split_lines(text)
    for block in reversed(blocks):
        del lines[block.start : block.start + len(block.lines)]
    return "".join(lines)


def drop_lesson(text: str) -> str:
    """Return a Python file without its lesson; its syntax tree stays as it is."""
    return drop_blocks(text, find_blocks(text))


def restore_blocks(text: str, source: str, blocks: list[Block]) -> str:
    """Return `text` with some blocks of `source`, each above the code it was above.

    Where that line of code is gone, the block follows the line that it came after. If
    that is gone as well, there is nothing left to explain, and the block is left out.
    """
    lines = split_lines(text)
    places = matching_lines(split_lines(drop_lesson(source)), lines)
    found: list[tuple[int, Block]] = []
    chosen = set(blocks)
    for row, block in anchors(source):
        before = places.get(row - 1)
        place = places.get(row, None if before is None else before + 1)
        if block in chosen and place is not None:
            found.append((place, block))
    for place, block in reversed(found):
        lines[place:place] = block.lines
    return "".join(lines)


def split_lines(text: str) -> list[str]:
    """Return the lines of a text, as Git and Python's tokens count them."""
    return io.StringIO(text, newline="\n").readlines()


def blocks_to_add(base: str, theirs: str, kept: set[tuple[str, ...]]) -> list[Block]:
    """Return the blocks of `theirs` that an edited file should have.

    All but those that stand where `base` had a block which the owner has not `kept`:
    what was dropped or reworded is not said again.
    """
    places = matching_lines(
        split_lines(drop_lesson(theirs)), split_lines(drop_lesson(base))
    )
    said = dict(anchors(base))
    wanted = []
    for row, block in anchors(theirs):
        before = said.get(places.get(row, -1))
        if before is None or before.lines in kept:
            wanted.append(block)
    return wanted


def anchors(text: str) -> list[tuple[int, Block]]:
    """Return each block, with the line below it as numbered without any block."""
    found, above = [], 0
    for block in find_blocks(text):
        found.append((block.start - above, block))
        above += len(block.lines)
    return found


def matching_lines(before: list[str], after: list[str]) -> dict[int, int]:
    """Return where lines of `before` stand in `after`, by their numbers."""
    from difflib import SequenceMatcher

    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return {
        match.a + step: match.b + step
        for match in matcher.get_matching_blocks()
        for step in range(match.size)
    }
