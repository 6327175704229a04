"""Explain the files of a project: purpose, layer, and what to change."""

import ast
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from scaffold.catalog.discovery import BASE
from scaffold.compose.composition import layers_of
from scaffold.compose.purposes import purposes
from scaffold.compose.recipe import Recipe
from scaffold.errors import ArgumentError, ProjectError

PACKAGE = "{{ package }}"


class FileInfo(NamedTuple):
    """The purpose and layer of a file, and what to change in it."""

    purpose: str
    layer: str  # "core", "exercises", or the name of the plugin
    change: str


class Definition(NamedTuple):
    """A function or class in a file, with its docstring."""

    name: str
    line: int
    head: str  # `def load_data(config: Config) -> Data`
    summary: str
    text: str  # the whole docstring


def describe_files(recipe: Recipe, package: str) -> dict[str, FileInfo]:
    """Describe the files of a project, in the order to read them."""
    layers = layers_of(recipe)
    change = load_hints()["files"]
    return {
        path.replace(PACKAGE, package): FileInfo(
            purpose, layers.get(path, "core"), change.get(path, "")
        )
        for path, purpose in purposes(recipe, list(layers)).items()
    }


@cache
def load_hints() -> Mapping[str, Mapping[str, str]]:
    """Return the core's hints on what to change, for files and functions."""
    return tomllib.loads((BASE / "explain.toml").read_text(encoding="utf-8"))


def get_hint(path: str, name: str, package: str) -> str:
    """Return the hint for a function, or else for its file."""
    key = path.replace(package, PACKAGE, 1)
    hints = load_hints()
    return hints["functions"].get(f"{key}:{name}") or hints["files"].get(key, "")


def read_definitions(path: Path) -> tuple[str, list[Definition]]:
    """Return the docstring of a Python file, and its functions, methods and classes.

    Raises ProjectError if it cannot be parsed.
    """
    try:
        source = path.read_text(encoding="utf-8")
        tree = ast.parse(source)
    except (SyntaxError, ValueError) as error:
        raise ProjectError(
            f"{path} is not valid Python: {error}; fix it first"
        ) from error
    return ast.get_docstring(tree) or "", list(list_definitions(tree, source, ""))


def list_definitions(node: ast.AST, source: str, prefix: str) -> list[Definition]:
    """Return the functions and classes in a node, including methods."""
    found = []
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            text = ast.get_docstring(child) or ""
            summary = text.partition("\n")[0]
            name = prefix + child.name
            found.append(
                Definition(name, child.lineno, signature(child), summary, text)
            )
            if isinstance(child, ast.ClassDef):
                found += list_definitions(child, source, f"{name}.")
    return found


def signature(node: ast.FunctionDef | ast.ClassDef) -> str:
    """Return the signature of a function, or `class NAME`."""
    if isinstance(node, ast.ClassDef):
        return f"class {node.name}"
    result = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"def {node.name}({ast.unparse(node.args)}){result}"


def find_definition(definitions: list[Definition], name: str, path: Path) -> Definition:
    """Return a definition by name; raise ArgumentError if there is none."""
    from scaffold.catalog.plugins import suggest

    for definition in definitions:
        if name in {definition.name, definition.name.rpartition(".")[2]}:
            return definition
    known = [definition.name for definition in definitions]
    raise ArgumentError(f"no {name!r} in {path}; {suggest(name, known)}")
