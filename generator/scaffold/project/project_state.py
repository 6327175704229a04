"""A project that lies on disk: what it was made from, and as what it was written.

A project may come from strangers: nothing of it is used before it has been checked.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from scaffold.compose.recipe import Record, read_record
from scaffold.errors import ArgumentError, PluginError, ProjectError
from scaffold.project.bundle import BUNDLE, read_bundle
from scaffold.tree import File, Tree, check_path

# The same as SafeLoader, in C where PyYAML was built with it.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
ANSWERS = ".copier-answers.yml"
MAX_BYTES = 100_000  # of the answers
# What a composed template tells Copier; anything else could make it run or fetch.
KEYS = frozenset({"_min_copier_version", "_subdirectory", "_envops"})
OPTIONS: Mapping[str, type] = {
    "block_start_string": str,
    "trim_blocks": bool,
    "lstrip_blocks": bool,
    "keep_trailing_newline": bool,
    "undefined": str,
}
ALLOWED = frozenset({".gitattributes"})  # which the base writes into a project


class ExistingProject(NamedTuple):
    """A project on disk: its composed template, and the answers that it stored."""

    folder: Path
    tag: str
    template: Tree
    record: Record
    stored: dict[str, str]  # as text, the way they would be typed

    @property
    def task(self) -> str:
        """The name of the project's task, when it was written or updated last."""
        return self.record.plugins[0].name

    @property
    def versions(self) -> dict[str, str]:
        """The version of scaffold, and of each plugin, that it was made with."""
        plugins = {layer.name: layer.version for layer in self.record.plugins}
        return {"torch-scaffold": self.record.scaffold, **plugins}


def open_project(folder: Path) -> ExistingProject:
    """Return the project in a folder; raise ProjectError if there is none to be used.

    The template is only ever taken from the project's own bundle.
    """
    stored = read_answers(folder / ANSWERS)
    source, commit = stored.pop("_src_path", ""), stored.pop("_commit", "")
    if source != BUNDLE:
        raise ProjectError(
            f"{folder / ANSWERS} names another template, {source!r}, which scaffold "
            "does not follow; if you trust it, use plain `copier update`"
        )
    opened = read_bundle(folder / BUNDLE)
    if commit != opened.tag:
        raise ProjectError(
            f"{folder / ANSWERS} says _commit: {commit!r}, but the template beside it "
            f"is {opened.tag}; bring back both: "
            f"git checkout HEAD -- .scaffold {ANSWERS}"
        )
    try:
        check_template(opened.template)
        record = read_record(opened.template["recipe.json"].data)
    except (PluginError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise ProjectError(f"{folder / BUNDLE} is not used: {error}") from error
    return ExistingProject(folder, opened.tag, opened.template, record, stored)


def read_answers(path: Path) -> dict[str, str]:
    """Return the answers in a file, each as text."""
    if path.is_symlink() or not path.is_file():
        raise ProjectError(
            f"{path.parent} is no project of scaffold: it has no {ANSWERS}; "
            "name the folder of one"
        )
    if path.stat().st_size > MAX_BYTES:
        raise ProjectError(f"{path} is larger than {MAX_BYTES} bytes")
    try:
        table = yaml.load(path.read_text(encoding="utf-8"), LOADER)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ProjectError(
            f"{path} cannot be read as YAML: {first_line(error)}; resolve what is "
            f"wrong in it, or bring it back: git checkout HEAD -- {ANSWERS}"
        ) from error
    if not isinstance(table, dict):
        raise ProjectError(f"{path} holds no answers, a line KEY: VALUE each")
    for key in table:
        if not str(key).isidentifier():
            raise ProjectError(f"{path}: {key!r} is no key of an answer")
    return {str(key): as_text(path, key, value) for key, value in table.items()}


def first_line(error: Exception) -> str:
    """Return where a YAML file is wrong, in few words."""
    mark = getattr(error, "problem_mark", None)
    return f"line {mark.line + 1}" if mark else str(error).splitlines()[0]


def as_text(path: Path, key: object, value: object) -> str:
    """Return an answer as it would be typed; raise ProjectError if it is none."""
    if value is None:
        return ""
    if not isinstance(value, str | bool | int | float):
        raise ProjectError(f"{path}: {key} must be a text, a number, or true or false")
    return str(value)


def check_template(template: Tree) -> None:
    """Raise PluginError or ProjectError unless a template keeps to what we write."""
    for name in ("copier.yml", "recipe.json"):
        if name not in template:
            raise PluginError(f"it has no {name}")
    table = yaml.load(template["copier.yml"].data, LOADER)
    if not isinstance(table, dict) or table.get("_subdirectory") != "project":
        raise PluginError("copier.yml: _subdirectory is not project")
    for key in table:
        if str(key).startswith("_") and key not in KEYS:
            raise PluginError(f"copier.yml: the key {key} is not one of ours")
    check_options(table.get("_envops"))


def check_options(options: Any) -> None:
    """Raise PluginError unless the options of Jinja are those that a base may set."""
    if not isinstance(options, dict):
        raise PluginError("copier.yml: _envops is missing")
    for name, value in options.items():
        if type(value) is not OPTIONS.get(name):
            raise PluginError(f"copier.yml: _envops: {name} is not one of ours")


def render_original(project: ExistingProject) -> Tree:
    """Return the files of a project as they were written, the bundle included."""
    # Imported here, since a status needs no rendering, and Jinja takes long to load.
    from scaffold.render.answers import collect_answers
    from scaffold.render.template import open_template, render

    try:
        template = open_template(project.template)
        known = {
            name: text
            for name, text in project.stored.items()
            if name in template.questions and not template.questions[name].hidden
        }
        answers = collect_answers(template.questions, known, template.text)
        files = render(template, answers, project.tag, BUNDLE)
    except ArgumentError as error:
        raise ProjectError(
            f"{project.folder / ANSWERS}: {error}; the project was not made with that: "
            "put back the answer that it was made with, and commit"
        ) from error
    except PluginError as error:
        raise ProjectError(f"{project.folder}: {error}") from error
    for path in files:
        check_path(path, f"{project.folder / BUNDLE}", ALLOWED)
    return files | {BUNDLE: File((project.folder / BUNDLE).read_bytes())}
