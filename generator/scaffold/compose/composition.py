"""Base and overlays, by recipe, to one plain Copier template; all in memory."""

import ast
import re
import tomllib
from collections.abc import Callable, Mapping
from functools import partial

from scaffold.catalog.discovery import BASE
from scaffold.compose import slots
from scaffold.compose.comments import brief
from scaffold.compose.exercises import Exercise, find_exercises, opened, solved, to_toml
from scaffold.compose.file_tree import draw_tree
from scaffold.compose.recipe import Recipe
from scaffold.errors import PluginError
from scaffold.tree import File, Tree, read_tree

PROJECT = "project/"
EXERCISES = PROJECT + "{{ package }}/tools/exercises.toml"
CONFIG = "{{ package }}/config.py"
SLOT = re.compile(r"^( *)(?:# slot: (\w+)|<!-- slot: (\w+) -->)\n", re.MULTILINE)
BLOCK = re.compile(r"^ *# \{%", re.MULTILINE)
VARIABLE = re.compile(r"\{\{ (\w+)\b[^{}]*\}\}")
# In the tests of a layer `package` stands for the package of the project, so that they
# are Python that editors and linters understand.
IMPORT = re.compile(r"^((?:from|import) )package\b", re.MULTILINE)


def compose(recipe: Recipe) -> Tree:
    """Return the composed template: `copier.yml`, `recipe.json` and `project/`.

    Raises PluginError if two layers claim a path, or one uses a slot that is not.
    """
    layers = stack_layers(recipe)
    code = [file for path, file in layers.items() if path.endswith(".py")]
    exercises = find_exercises(recipe, [file.data.decode() for file in code])
    fill = slot_filler(recipe, layers, exercises)
    questions = fill((BASE / "copier.yml").read_text(encoding="utf-8"))
    tree = {
        "copier.yml": File(questions.encode()),
        "recipe.json": File(recipe.to_json().encode()),
    }
    if recipe.variant == "exercise":
        tree[EXERCISES] = File(to_toml(exercises).encode())
    names = set(re.findall(r"^(\w+):", questions, re.MULTILINE))
    for path, file in layers.items():
        if path == CONFIG:
            file = set_defaults(file, recipe)
        if path.endswith(".py"):
            file = choose_code(path, file, recipe, exercises)
        path, file = template_file(path, file, fill, names)
        tree[PROJECT + path] = file
    return dict(sorted(tree.items()))


def choose_code(
    path: str, file: File, recipe: Recipe, exercises: Mapping[str, Exercise]
) -> File:
    """Return a Python file with the comments and the solutions that a recipe wants."""
    text = file.data.decode()
    if recipe.comments == "brief":
        text = brief(text)
    if "### " in text:
        try:
            exercise = recipe.variant == "exercise"
            text = opened(text, exercises) if exercise else solved(text)
        except PluginError as error:
            raise PluginError(f"{path}: {error}") from error
    return File(text.encode(), file.executable)


def stack_layers(recipe: Recipe) -> Tree:
    """Return the files of base and overlays; each path belongs to exactly one layer."""
    files = read_tree(BASE / "project")
    if recipe.variant == "exercise":
        files |= read_tree(BASE / "exercise")
    owner = dict.fromkeys(map(target, files), "the base")
    for plugin in recipe.plugins:
        for path, file in read_tree(plugin.overlay).items():
            taken = owner.setdefault(target(path), plugin.manifest.name)
            if taken != plugin.manifest.name or path in files:
                raise PluginError(
                    f"{plugin.overlay / path}: {taken} has this file already"
                )
            files[path] = file
    return files


def layers_of(recipe: Recipe) -> dict[str, str]:
    """Return which layer each file of a project comes from: "base", or a plugin."""
    layers = {target(path): "base" for path in stack_layers(recipe)}
    for plugin in recipe.plugins:
        own = map(target, read_tree(plugin.overlay))
        layers |= dict.fromkeys(own, plugin.manifest.name)
    return layers


def target(path: str) -> str:
    """Return the path that a template file has in the project."""
    return path.removesuffix(".jinja")


def purposes(recipe: Recipe, paths: list[str]) -> dict[str, str]:
    """Return a line of purpose for each of `paths`, in the order to read them."""
    known: dict[str, str] = tomllib.loads(
        (BASE / "files.toml").read_text(encoding="utf-8")
    )
    for plugin in recipe.plugins:
        known |= plugin.manifest.files
    generated = {".scaffold/template.bundle"}
    if recipe.variant == "exercise":
        generated.add(EXERCISES.removeprefix(PROJECT))
    present = {target(path) for path in paths} | generated
    return {path: purpose for path, purpose in known.items() if path in present}


def slot_filler(
    recipe: Recipe, layers: Tree, exercises: Mapping[str, Exercise]
) -> Callable[[str], str]:
    """Return a function that replaces each line `# slot: NAME` by what layers add."""
    fields = base_fields(layers[CONFIG].data.decode())
    contents: Mapping[str, Callable[[], list[str]]] = {
        "dependencies": lambda: slots.dependencies(recipe),
        "config": lambda: slots.config(recipe, fields),
        "constants": lambda: slots.constants(recipe),
        "questions": lambda: slots.questions(recipe),
        "readme": lambda: slots.readme(recipe),
        "expected": lambda: slots.expected(recipe),
        "command": lambda: slots.command(recipe),
        "files": lambda: draw_tree(purposes(recipe, list(layers))),
        **{name: partial(slots.teaching, recipe, name) for name in slots.TEACHING},
        "exercises": lambda: slots.exercises(recipe, exercises),
    }

    def replace(match: re.Match[str]) -> str:
        indent, name = match[1], match[2] or match[3]
        if name not in contents:
            raise PluginError(
                f"there is no slot {name!r}; known: {', '.join(contents)}"
            )
        lines = contents[name]()
        return "".join(f"{indent}{line}".rstrip() + "\n" for line in lines)

    return lambda text: SLOT.sub(replace, text)


def base_fields(source: str) -> dict[str, ast.expr]:
    """Return the fields of `Config` in the base, each with its default's place."""
    found = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Call):
            assert isinstance(node.target, ast.Name)
            found[node.target.id] = node.value.args[0]
    return found


def set_defaults(file: File, recipe: Recipe) -> File:
    """Put the defaults that plugins set for fields of the base into its `config.py`."""
    lines = file.data.decode().splitlines(keepends=True)
    fields = base_fields(file.data.decode())
    for plugin in recipe.plugins:
        for name, setting in plugin.manifest.config.items():
            if name in fields:
                place = fields[name]
                line = lines[place.lineno - 1]
                before, after = line[: place.col_offset], line[place.end_col_offset :]
                lines[place.lineno - 1] = before + slots.python(setting.default) + after
    return File("".join(lines).encode(), file.executable)


def template_file(
    path: str, file: File, fill: Callable[[str], str], names: set[str]
) -> tuple[str, File]:
    """Return path and content in the composed template; `names` are its questions.

    A Python file that holds Jinja gets the suffix `.jinja`; others stay byte for byte.
    """
    if not path.endswith((".py", ".jinja")):
        return path, file
    text = fill(file.data.decode("utf-8"))
    if path.endswith(".py"):
        text = IMPORT.sub(r"\1{{ package }}", text)
        if BLOCK.search(text) or any(name in names for name in VARIABLE.findall(text)):
            path += ".jinja"
    return path, File(text.encode(), file.executable)
