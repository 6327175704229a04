"""Import statements of features, inserted where isort would put them."""

import ast
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from scaffold.errors import PluginError

Import = ast.Import | ast.ImportFrom
Key = tuple[int, bool, int, str]
BLOCK = re.compile(r"\s*# \{% (if|for|endif|endfor)\b")


def parse_imports(source: Path, text: str) -> list[str]:
    """Return the import statements of a text that contains nothing else."""
    if BLOCK.search(text):
        raise PluginError(f"{source}: imports cannot depend on answers")
    nodes = parse_module(str(source), text).body
    for node in nodes:
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not isinstance(node, Import) and not docstring:
            place = f"{source}, line {node.lineno}"
            raise PluginError(f"{place}: only imports come before the first heading")
    return [ast.unparse(node) for node in nodes if isinstance(node, Import)]


def parse_module(path: str, text: str) -> ast.Module:
    """Return the syntax tree of a file; raise PluginError if it is not Python."""
    try:
        return ast.parse(text)
    except SyntaxError as error:
        raise PluginError(f"{path}, line {error.lineno}: {error.msg}") from error


def insert_imports(path: str, text: str, statements: Iterable[str]) -> str:
    """Return a module with more import statements, each in its sorted place.

    Raises PluginError for a `from` import of a module that the file imports from
    already: merging the two would change a line that others may change, too.
    """
    for statement in dict.fromkeys(statements):
        text = insert_import(path, text, statement)
    return text


def insert_import(path: str, text: str, statement: str) -> str:
    """Return a module with one more import statement."""
    (new,) = ast.parse(statement).body
    assert isinstance(new, Import)
    tree = parse_module(path, text)
    present = list(leading_imports(tree))
    lines = text.splitlines(keepends=True)
    depth = count_blocks(lines)
    for node in present:
        if ast.unparse(node) == statement and not depth[node.lineno - 1]:
            return text
        if sort_key(node) == sort_key(new):
            raise PluginError(
                f"{path}: `{statement}` imports from a module that is imported from "
                "already; put what is needed into a module of the feature"
            )
    top = (tree.body[0].end_lineno or 0) if ast.get_docstring(tree) else 0
    place, block = place_import(present, new, f"{statement}\n", top)
    step = -1 if any(node.lineno == place + 1 for node in present) else 1
    while depth[place] or (step < 0 < place and is_comment(lines[place - 1])):
        place += step  # out of a block, or above the comment of the next import
    lines[place:place] = block
    return "".join(lines)


def place_import(
    present: list[Import], new: Import, line: str, top: int
) -> tuple[int, list[str]]:
    """Return the line index for a new statement, and the lines to put there."""
    key = sort_key(new)
    later = [node for node in present if sort_key(node) > key]
    earlier = [node for node in present if sort_key(node) < key]
    if later and sort_key(later[0])[0] == key[0]:
        return later[0].lineno - 1, [line]
    if earlier and sort_key(earlier[-1])[0] == key[0]:
        return earlier[-1].end_lineno or 0, [line]
    if later:
        return later[0].lineno - 1, [line, "\n"]
    if earlier:
        return earlier[-1].end_lineno or 0, ["\n", line]
    return top, ["\n", line] if top else [line, "\n"]  # below the docstring


def is_comment(line: str) -> bool:
    """Return whether a line is a comment, and not the start or end of a block."""
    return line.startswith("#") and not BLOCK.match(line)


def count_blocks(lines: list[str]) -> list[int]:
    """Return for each line, and for the end, in how many Jinja blocks it is."""
    depths = [0]
    for line in lines:
        found = BLOCK.match(line)
        change = (-1 if found[1].startswith("end") else 1) if found else 0
        depths.append(depths[-1] + change)
    return depths


def leading_imports(tree: ast.Module) -> Iterable[Import]:
    """Yield the import statements at the top of a module, below its docstring."""
    for number, node in enumerate(tree.body):
        if isinstance(node, Import):
            yield node
        elif number or not isinstance(node, ast.Expr):
            return


def sort_key(node: Import) -> Key:
    """Return the place of a statement by isort's default order, as ruff has it."""
    if isinstance(node, ast.Import):
        module = node.names[0].name
        return section(module), False, 0, module.lower()
    if node.level:
        return 4, True, -node.level, (node.module or "").lower()
    module = node.module or ""
    return section(module), True, 0, module.lower()


def section(module: str) -> int:
    """Return 0 for __future__, 1 for the standard library, 3 for the project, else 2.

    Tests import the package of the project as `package`.
    """
    top = module.partition(".")[0]
    if top in {"__future__", "package"}:
        return 0 if top == "__future__" else 3
    return 1 if top in sys.stdlib_module_names else 2
