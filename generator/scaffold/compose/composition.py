"""Core, task and features, by recipe, to one plain Copier template; all in memory."""

import ast
import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from scaffold.catalog.discovery import BASE
from scaffold.compose.comments import drop_lesson
from scaffold.compose.config_fields import to_literal
from scaffold.compose.exercises import (
    Exercise,
    find_exercises,
    list_tests,
    to_toml,
)
from scaffold.compose.fills import fill_slots, make_fills
from scaffold.compose.imports import insert_imports, parse_module
from scaffold.compose.insertions import Insertion, read_insertions
from scaffold.compose.lessons import read_lessons, translate
from scaffold.compose.notebooks import to_notebook
from scaffold.compose.recipe import Recipe
from scaffold.compose.solutions import blank_out_solutions, strip_markers
from scaffold.errors import PluginError
from scaffold.tree import File, Tree, read_tree, target

PROJECT = "project/"
CORE = "core"
FILLED = (".py", ".jinja", ".md", ".toml", ".yml")  # files that may have slots
SLOT = re.compile(r"^ *(?:# |<!-- )slot: (\w+)\b.*\n", re.MULTILINE)
EXERCISES = "{{ package }}/exercises.toml"
CONFIG = "{{ package }}/config.py"
BLOCK = re.compile(r"^ *# \{%", re.MULTILINE)
VARIABLE = re.compile(r"\{\{ (\w+)\b[^{}]*\}\}")
# In tests `package` stands for the package of the project, so that they are Python that
# editors and linters understand.
IMPORT = re.compile(r"^((?:from|import) )package\b", re.MULTILINE)


class Layer(NamedTuple):
    """A folder of files, and the folder of the lines that it inserts into others."""

    name: str
    overlay: Path
    slots: Path
    replaces: frozenset[str] = frozenset()


def list_layers(recipe: Recipe) -> list[Layer]:
    """Return the layers of a recipe: core, exercises, task, features."""
    layers = [Layer(CORE, BASE / "project", BASE / "slots")]
    if recipe.variant == "exercise":
        folder = BASE / "exercise"
        layers.append(Layer("exercises", folder / "project", folder / "slots"))
    layers.append(Layer(recipe.task.name, recipe.task.overlay, recipe.task.slots))
    for plugin in recipe.features:
        replaces = frozenset(plugin.feature.replaces)
        layers.append(Layer(plugin.name, plugin.overlay, plugin.slots, replaces))
    return layers


def compose(recipe: Recipe) -> Tree:
    """Return the composed template: `copier.yml`, `recipe.json` and `project/`.

    Raises PluginError if two layers have the same file, or one uses an unknown slot.
    """
    layers = list_layers(recipe)
    files = insert_lines(stack_layers(layers), layers)
    code = {path: f.text(path) for path, f in files.items() if path.endswith(".py")}
    exercises = find_exercises(recipe, code)
    if recipe.variant == "exercise":
        text = to_toml(exercises, list_tests(files))
        path = EXERCISES + (".jinja" if BLOCK.search(text) else "")
        files[path] = File(text.encode())
    fills = make_fills(recipe, list(files), exercises, config_fields(files))
    questions = fill_slots((BASE / "copier.yml").read_text(encoding="utf-8"), fills)
    names = set(re.findall(r"^(\w+):", questions, re.MULTILINE))
    files[CONFIG] = set_defaults(files[CONFIG], recipe)
    folders = [layer.overlay.parent for layer in layers]
    lessons = read_lessons(folders, recipe.language)
    tree = {
        "copier.yml": File(questions.encode()),
        "recipe.json": File(recipe.to_json().encode()),
    }
    for path, file in files.items():
        if path.endswith(".py"):
            file = translate_file(file, lessons.get(target(path), {}))
            file = choose_code(path, file, recipe, exercises)
        if path.endswith(FILLED):
            text = fill_slots(file.text(path), fills)
            path, file = template_file(path, file._replace(data=text.encode()), names)
        tree[PROJECT + path] = file
    return dict(sorted(tree.items()))


def stack_layers(layers: list[Layer]) -> Tree:
    """Return the files of all layers; each path belongs to one layer."""
    files: Tree = {}
    owners: dict[str, tuple[str, str]] = {}  # layer and path by path in the project
    for layer in layers:
        for path, file in read_tree(layer.overlay).items():
            where = layer.overlay / path
            owner, old = owners.get(target(path), (layer.name, path))
            replaced = owner == CORE and target(path) in layer.replaces
            if replaced:
                check_slots(files.pop(old), file, where)
            elif owner != layer.name:
                raise PluginError(f"{where}: {owner} has this file already")
            elif target(path) in layer.replaces:
                raise PluginError(f"{where}: there is no such file in the core")
            owners[target(path)] = layer.name, path
            files[path] = file
    return files


def check_slots(old: File, new: File, where: Path) -> None:
    """Raise PluginError if a file lacks slots of the core file that it replaces."""
    names = (set(SLOT.findall(file.text(where))) for file in (old, new))
    lost = set.difference(*names)
    if lost:
        raise PluginError(f"{where}: has no slot {min(lost)!r}, as in the core")


def layers_of(recipe: Recipe) -> dict[str, str]:
    """Return which layer each file of a project comes from."""
    return {
        target(path): layer.name
        for layer in list_layers(recipe)
        for path in read_tree(layer.overlay)
    }


def insert_lines(files: Tree, layers: list[Layer]) -> Tree:
    """Return the files with the lines that layers insert into files of others."""
    insertions: dict[str, list[Insertion]] = defaultdict(list)
    for layer in layers:
        for path, insertion in read_insertions(layer.slots).items():
            insertions[target(path)].append(insertion)
    paths = {target(path): path for path in files}
    for path, found in insertions.items():
        if path not in paths:
            raise PluginError(f"{found[0].source}: no layer has the file {path}")
        file = files[paths[path]]
        text = insert_into(path, file.text(path), found)
        files[paths[path]] = file._replace(data=text.encode())
    return files


def insert_into(path: str, text: str, insertions: list[Insertion]) -> str:
    """Return a file with imports and lines inserted; the slots stay for others."""
    statements = [line for insertion in insertions for line in insertion.imports]
    if statements:
        text = insert_imports(path, text, statements)
    for insertion in insertions:
        for name, lines in insertion.lines.items():
            if name not in SLOT.findall(text):
                raise PluginError(f"{insertion.source}: {path} has no slot {name!r}")
            text = insert_at_slot(text, name, lines)
    return text


def insert_at_slot(text: str, name: str, lines: list[str]) -> str:
    """Return a text with lines above a slot, at its indentation."""

    def insert(slot: re.Match[str]) -> str:
        if slot[1] != name:
            return slot[0]
        indent = slot[0][: len(slot[0]) - len(slot[0].lstrip(" "))]
        block = "".join(f"{indent}{line}".rstrip() + "\n" for line in lines)
        return block + slot[0]

    return SLOT.sub(insert, text)


def translate_file(file: File, texts: Mapping[str, str]) -> File:
    """Return a Python file with the lesson comments that are in `texts` translated."""
    if not texts:  # as for English: nothing to find
        return file
    return file._replace(data=translate(file.data.decode(), texts).encode())


def choose_code(
    path: str, file: File, recipe: Recipe, exercises: Mapping[str, Exercise]
) -> File:
    """Return a Python file with the comments and the solutions that a recipe wants."""
    text = file.data.decode()
    if recipe.comments == "brief":
        text = drop_lesson(text)
    if "### " in text:
        try:
            exercise = recipe.variant == "exercise"
            text = (
                blank_out_solutions(text, exercises)
                if exercise
                else strip_markers(text)
            )
        except PluginError as error:
            raise PluginError(f"{path}: {error}") from error
    return File(text.encode(), file.executable)


def config_fields(files: Tree) -> dict[str, ast.expr]:
    """Return the fields of `Config` in the core, each with its default's place."""
    return {
        node.target.id: node.value.args[0]
        for node in ast.walk(parse_module(CONFIG, files[CONFIG].text(CONFIG)))
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.value, ast.Call)
        and isinstance(node.target, ast.Name)
    }


def set_defaults(file: File, recipe: Recipe) -> File:
    """Return the core's `config.py` with the defaults that the plugins set for it."""
    defaults = {
        name: to_literal(field, plugin.manifest.questions.get(field.question))
        for plugin in recipe.plugins
        for name, field in plugin.manifest.config.items()
    }
    lines = file.data.decode().splitlines(keepends=True)
    for name, place in config_fields({CONFIG: file}).items():
        if name in defaults:
            line = lines[place.lineno - 1]
            before, after = line[: place.col_offset], line[place.end_col_offset :]
            lines[place.lineno - 1] = before + defaults[name] + after
    return File("".join(lines).encode(), file.executable)


def template_file(path: str, file: File, names: set[str]) -> tuple[str, File]:
    """Return path and content in the composed template; `names` are its questions.

    Notebooks, and Python files that hold Jinja, get the suffix `.jinja`; others stay
    byte for byte.
    """
    if not path.endswith(".py"):
        return path, file
    text = IMPORT.sub(r"\1{{ package }}", file.data.decode())
    if target(path) != path:
        path, text = target(path) + ".jinja", to_notebook(text)
    elif BLOCK.search(text) or any(name in names for name in VARIABLE.findall(text)):
        path += ".jinja"
    return path, file._replace(data=text.encode())
