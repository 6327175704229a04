"""Folders to publish: plugin packages and composed templates."""

import json
import shlex
from collections.abc import Mapping
from typing import Any

import yaml

from scaffold import __version__
from scaffold.catalog.discovery import BASE, named_folder
from scaffold.catalog.manifest_checks import NAME
from scaffold.catalog.plugins import Plugin, find_task, read_plugin
from scaffold.catalog.questions import Value
from scaffold.compose.composition import compose
from scaffold.compose.recipe import CHOICES, Recipe
from scaffold.errors import ArgumentError
from scaffold.project.create import render_project
from scaffold.render.template import Template, open_template, render_files
from scaffold.tree import File, Tree, read_tree

# The task that a new task of a family starts as a copy of: built-in, or the example.
EXAMPLE = "my-task"
ORIGINS = {"regression": "line", "binary": "circle", "multiclass": "blobs"}
ORIGINS |= {"custom": EXAMPLE}


def task_package(name: str, family: str) -> Tree:
    """Return an installable package with the task `name`, a copy of another one.

    Raises ArgumentError for an invalid name.
    """
    origin = find_origin(family)
    words = {f'name = "{origin.name}"\n': f'name = "{name}"\n'}
    words |= {f'version = "{origin.manifest.version}"\n': 'version = "0.1.0"\n'}
    words |= {f"test_{snake_case(origin.name)}.py": f"test_{snake_case(name)}.py"}
    return plugin_package(name, origin, words)


def find_origin(family: str) -> Plugin:
    """Return the task that a new task of a family starts as a copy of."""
    if ORIGINS[family] == EXAMPLE:
        return read_plugin(named_folder(BASE / "task"))
    return find_task(ORIGINS[family])


def feature_package(name: str) -> Tree:
    """Return an installable package with the feature `name`, a small example.

    Raises ArgumentError for an invalid name.
    """
    origin = read_plugin(named_folder(BASE / "feature"))
    words = {origin.name: name, snake_case(origin.name): snake_case(name)}
    return plugin_package(name, origin, words)


def plugin_package(name: str, origin: Plugin, words: Mapping[str, str]) -> Tree:
    """Return a package with a copy of a plugin in which `words` are replaced."""
    if not NAME.fullmatch(name):
        rule = "use lower case, digits and hyphens, for example my-plugin"
        raise ArgumentError(f"invalid plugin name {name!r}; {rule}")
    module = f"scaffold_{snake_case(name)}"
    values = {
        "name": name,
        "kind": origin.manifest.kind,
        "module": module,
        "origin": origin.name,
        "dependencies": origin.manifest.dependencies,
        "scaffold_range": origin.manifest.scaffold,
    }
    package = render_shared("plugin", compose(Recipe((find_task("line"),))), values)
    for path, file in read_tree(origin.folder).items():
        text = replace_all(file.text(path), words)
        target = f"src/{module}/{replace_all(path, words)}"
        package[target] = file._replace(data=text.encode())
    return package


def snake_case(name: str) -> str:
    """Return a name as that of a module."""
    return name.replace("-", "_")


def replace_all(text: str, words: Mapping[str, str]) -> str:
    """Return a text in which each of the words is replaced."""
    for old, new in words.items():
        text = text.replace(old, new)
    return text


def template_folder(recipe: Recipe, given: Mapping[str, str]) -> Tree:
    """Return the composed template of a recipe, with a README, for Copier alone.

    The answers in `given` become defaults. Raises ArgumentError for invalid ones.
    """
    tree = compose(recipe)
    if given:
        tree["copier.yml"] = File(set_answers(recipe, given).encode())
    task = recipe.task.manifest
    values = {
        "name": task.name,
        "title": task.title,
        "summary": task.summary,
        "scaffold_version": __version__,
        "copier_version": read_questions(tree)["_min_copier_version"],
        "plugins": ", ".join(
            f"{plugin.name} {plugin.manifest.version}" for plugin in recipe.plugins
        ),
        "command": export_command(recipe, given),
    }
    return tree | render_shared("export", tree, values)


def read_questions(tree: Tree) -> dict[str, Any]:
    """Return the `copier.yml` of a composed template."""
    table: dict[str, Any] = yaml.safe_load(tree["copier.yml"].data)
    return table


def set_answers(recipe: Recipe, given: Mapping[str, str]) -> str:
    """Return the `copier.yml` of a recipe with other defaults."""
    rendered = render_project(recipe, given)
    if rendered.answers.files:
        raise ArgumentError("--set: a template has no data; leave out your file")
    table = read_questions(rendered.template)
    for name in given:
        table[name]["default"] = literal(rendered.answers.values[name])
    return yaml.safe_dump(table, sort_keys=False, allow_unicode=True)


def literal(value: Value) -> Value:
    """Return a default that renders to a value: Copier renders strings as Jinja."""
    if isinstance(value, str) and "{" in value:
        return f"{{{{ {json.dumps(value, ensure_ascii=False)} }}}}"
    return value


def export_command(recipe: Recipe, given: Mapping[str, str]) -> str:
    """Return the command that exports a template."""
    words = ["scaffold", "template", "export", "DIR", "--task", recipe.task.name]
    for plugin in recipe.features:
        words += ["--with", plugin.name]
    changed = {
        name: choice
        for name, choice in recipe.choices.items()
        if choice != CHOICES[name].default
    }
    for name, text in {**changed, **given}.items():
        words += ["--set", f"{name}={text}"]
    return shlex.join(words)


def render_shared(name: str, tree: Tree, values: Mapping[str, object]) -> Tree:
    """Return the files of a folder beside the base, by the Jinja rules of `tree`."""
    rules = open_template(tree).environment
    return render_files(Template({}, read_tree(BASE / name), rules), values)
