"""A composed template and answers, to the files of a project; in memory, Jinja only."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import yaml
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from scaffold.answers import Answers
from scaffold.errors import PluginError
from scaffold.questions import Question, parse_question
from scaffold.tree import File, Tree

SUFFIX = ".jinja"
PROJECT = "project/"
BUNDLE = ".scaffold/template.bundle"


class Template(NamedTuple):
    """A composed template: its questions, its files, and how its Jinja is written."""

    questions: dict[str, Question]
    files: Tree
    environment: SandboxedEnvironment

    def text(self, text: str, values: Mapping[str, Any]) -> str:
        """Return a text rendered with `values`; PluginError if its Jinja is wrong."""
        try:
            return self.environment.from_string(text).render(values)
        except TemplateError as error:
            raise PluginError(f"Jinja: {error}, in {text[:60]!r}") from error


def open_template(tree: Tree) -> Template:
    """Return the template that a composed tree holds."""
    table = yaml.safe_load(tree["copier.yml"].data)
    questions = {
        name: parse_question(value, f"copier.yml: {name}")
        for name, value in table.items()
        if not name.startswith("_")
    }
    files = {
        path.removeprefix(PROJECT): file
        for path, file in tree.items()
        if path.startswith(PROJECT)
    }
    return Template(questions, files, environment(table["_envops"]))


def environment(options: Mapping[str, Any]) -> SandboxedEnvironment:
    """Return a sandbox with the filters and the options that Copier would give it."""
    known = dict(options)
    known["undefined"] = StrictUndefined
    filters = "jinja2_ansible_filters.AnsibleCoreFiltersExtension"
    return SandboxedEnvironment(extensions=[filters], **known)


def render(template: Template, answers: Answers, commit: str) -> Tree:
    """Return the files of a project, byte for byte as Copier would write them.

    `commit` is the tag under which the bundle of the project holds the template.
    """
    kept = {"_commit": commit, "_src_path": BUNDLE, **answers.stored}
    values = {**answers.values, "_copier_answers": kept}
    tree: Tree = {}
    for path, file in template.files.items():
        rendered = template.text(path.removesuffix(SUFFIX), values)
        if not all(rendered.split("/")):
            continue  # a name that renders to nothing: the file is not wanted
        data = file.data
        if path.endswith(SUFFIX):
            data = render_file(template, path, data.decode("utf-8"), values)
        tree[rendered] = File(data, file.executable)
    return tree


def render_file(
    template: Template, path: str, text: str, values: Mapping[str, Any]
) -> bytes:
    """Return one rendered file; PluginError, with its path, if its Jinja is wrong."""
    try:
        return template.environment.from_string(text).render(values).encode()
    except TemplateError as error:
        line = getattr(error, "lineno", None)
        place = f"{path}, line {line}" if line else path
        raise PluginError(f"template file {place}: {error}") from error
