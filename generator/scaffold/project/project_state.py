"""Open a project on disk: its templates, its recipe and its answers.

A project is untrusted input: everything is checked before it is used.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from scaffold.compose.recipe import Record, read_record
from scaffold.errors import ArgumentError, PluginError, ProjectError
from scaffold.project.bundle import BUNDLE, Versions, read_bundle
from scaffold.project.published import Reach, read_published
from scaffold.tree import File, Tree, check_path

# SafeLoader, in C if PyYAML was built with libyaml.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
ANSWERS = ".copier-answers.yml"
MAX_BYTES = 100_000  # of the answers file
# Copier settings of a composed template; others could run code or fetch files.
KEYS = frozenset({"_min_copier_version", "_subdirectory", "_envops"})
OPTIONS: Mapping[str, type] = {
    "block_start_string": str,
    "trim_blocks": bool,
    "lstrip_blocks": bool,
    "keep_trailing_newline": bool,
    "undefined": str,
}
ALLOWED = frozenset({".gitattributes"})  # written by the core


class ExistingProject(NamedTuple):
    """A project on disk: its composed template, recipe and stored answers."""

    folder: Path
    source: str  # of the template: BUNDLE, or the repository that Copier used
    tag: str
    available: Versions  # what the source has: the project's version, and the newest
    record: Record
    newest: Record  # of the newest version
    stored: dict[str, str]  # as text, as typed

    @property
    def template(self) -> Tree:
        """The composed template that the project was generated from."""
        return self.available[self.tag]

    @property
    def task(self) -> str:
        """The name of the project's task."""
        return self.record.task.name

    @property
    def versions(self) -> dict[str, str]:
        """The versions of scaffold and of the plugins that generated the project."""
        return self.record.versions


def open_project(folder: Path, reach: Reach = "local") -> ExistingProject:
    """Open the project in a folder; raise ProjectError if that is not possible.

    The template is read from the project's bundle, or from the repository that the
    project was copied from if `reach` allows it.
    """
    stored = read_answers(folder / ANSWERS)
    source, commit = stored.pop("_src_path", ""), stored.pop("_commit", "")
    if source == BUNDLE:
        available = read_bundle(folder / BUNDLE)
        where = str(folder / BUNDLE)
    else:
        available = read_published(source, folder, commit, reach)
        where = source
    if commit not in available:
        raise ProjectError(
            f"{folder / ANSWERS} has _commit: {commit!r}, but the template is "
            f"{' or '.join(available)}; restore both with "
            f"git checkout HEAD -- .scaffold {ANSWERS}"
        )
    records = [open_template_record(tree, where) for tree in available.values()]
    record, newest = records[list(available).index(commit)], records[-1]
    return ExistingProject(folder, source, commit, available, record, newest, stored)


def open_template_record(template: Tree, where: str) -> Record:
    """Return the recipe of a template, after checking both."""
    try:
        for name in ("copier.yml", "recipe.json"):
            if name not in template:
                raise PluginError(f"{name} is missing")
        check_settings(template["copier.yml"].data)
        return read_record(template["recipe.json"].data)
    except (PluginError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise ProjectError(f"{where} cannot be used: {error}") from error


def read_answers(path: Path) -> dict[str, str]:
    """Return the answers in a file, as text."""
    if path.is_symlink() or not path.is_file():
        hint = "name the folder of a project"
        if (path.parent / BUNDLE).exists():
            hint = f"restore it with git checkout COMMIT -- {ANSWERS}"
        raise ProjectError(
            f"{path.parent} is not a scaffold project: it has no {ANSWERS}; {hint}"
        )
    if path.stat().st_size > MAX_BYTES:
        raise ProjectError(
            f"{path} is larger than {MAX_BYTES} bytes; restore it with "
            f"git checkout HEAD -- {ANSWERS}"
        )
    try:
        table = load_answers(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ProjectError(
            f"{path} is not valid YAML: {first_line(error)}; fix it, or restore "
            f"it with git checkout HEAD -- {ANSWERS}"
        ) from error
    if not isinstance(table, dict):
        raise ProjectError(f"{path} must have one line KEY: VALUE per answer")
    for key in table:
        if not str(key).isidentifier():
            raise ProjectError(f"{path}: invalid key {key!r}")
    return {str(key): as_text(path, key, value) for key, value in table.items()}


@lru_cache
def load_answers(text: str) -> Any:
    """Return what an answers file says; cached for projects with the same answers."""
    return yaml.load(text, LOADER)


def first_line(error: Exception) -> str:
    """Return the line number of a YAML error, or its first line."""
    mark = getattr(error, "problem_mark", None)
    return f"line {mark.line + 1}" if mark else str(error).splitlines()[0]


def as_text(path: Path, key: object, value: object) -> str:
    """Return an answer as it would be typed; raise ProjectError for other types."""
    if value is None:
        return ""
    if not isinstance(value, str | bool | int | float):
        raise ProjectError(f"{path}: {key} must be a string, a number or a boolean")
    return str(value)


@lru_cache
def check_settings(data: bytes) -> None:
    """Raise PluginError unless scaffold could have written this `copier.yml`."""
    table = yaml.load(data, LOADER)
    if not isinstance(table, dict) or table.get("_subdirectory") != "project":
        raise PluginError("copier.yml: _subdirectory must be project")
    for key in table:
        if str(key).startswith("_") and key not in KEYS:
            raise PluginError(f"copier.yml: the key {key} is not allowed")
    check_options(table.get("_envops"))


def check_options(options: Any) -> None:
    """Raise PluginError unless the Jinja options are those that scaffold writes."""
    if not isinstance(options, dict):
        raise PluginError("copier.yml: _envops is missing")
    for name, value in options.items():
        if type(value) is not OPTIONS.get(name):
            raise PluginError(f"copier.yml: _envops: {name} is not allowed")


def render_original(project: ExistingProject) -> Tree:
    """Return the files of a project as they were generated, including its bundle."""
    # Jinja is slow to import, and `scaffold status` does not render.
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
        files = render(template, answers, project.tag, project.source)
    except ArgumentError as error:
        raise ProjectError(
            f"{project.folder / ANSWERS}: {error}; restore the answer that the "
            "project was generated with, and commit"
        ) from error
    except PluginError as error:
        raise ProjectError(f"{project.folder}: {error}") from error
    for path in files:
        check_path(path, f"{project.folder / BUNDLE}", ALLOWED)
    if project.source == BUNDLE:
        files[BUNDLE] = File((project.folder / BUNDLE).read_bytes())
    return files
