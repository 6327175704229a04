"""A composed template and answers, to the files of a project; in memory, Jinja only."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import jinja2
import yaml
from jinja2.sandbox import SandboxedEnvironment

from scaffold.catalog.questions import Question, parse_question
from scaffold.compose.composition import PROJECT
from scaffold.errors import PluginError
from scaffold.render.answers import Answers
from scaffold.tree import File, Tree

# The same as SafeLoader, in C where PyYAML was built with it.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
SUFFIX = ".jinja"


class Template(NamedTuple):
    """A composed template: its questions, its files, and how its Jinja is written."""

    questions: dict[str, Question]
    files: Tree
    environment: SandboxedEnvironment

    def text(self, text: str, values: Mapping[str, Any]) -> str:
        """Return a text rendered with `values`; PluginError if its Jinja is wrong."""
        try:
            return compiled(self.environment, text).render(values)
        except Exception as error:  # what stands in a template may raise anything
            line = getattr(error, "lineno", None)
            place = f"line {line}: " if line else ""
            raise PluginError(f"{place}{error}, in {text[:40]!r}") from error

    def path(self, path: str, values: Mapping[str, Any]) -> str:
        """Return a path rendered part by part; "" if a part of it renders to nothing.

        Raises PluginError if a part would lead elsewhere.
        """
        parts = [self.text(part, values) for part in path.split("/")]
        if any(part in {".", ".."} or set(part) & set("/\\") for part in parts):
            raise PluginError(f"the name {path} leads elsewhere: {'/'.join(parts)}")
        return "/".join(parts) if all(parts) else ""


@lru_cache(maxsize=1024)
def compiled(environment: SandboxedEnvironment, text: str) -> jinja2.Template:
    """Return a text ready for rendering; names of folders come again and again."""
    return environment.from_string(text)


def open_template(tree: Tree) -> Template:
    """Return the template that a composed tree holds."""
    table = yaml.load(tree["copier.yml"].data, LOADER)
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
    options = tuple(sorted(table["_envops"].items()))
    return Template(questions, files, environment(options))


@lru_cache
def environment(options: tuple[tuple[str, Any], ...]) -> SandboxedEnvironment:
    """Return a sandbox with the filters and the options that Copier would give it.

    Templates with the same options share one, and so what `compiled` keeps of them: an
    update renders two that are almost alike.
    """
    known = dict(options)
    known["undefined"] = jinja2.StrictUndefined
    filters = "jinja2_ansible_filters.AnsibleCoreFiltersExtension"
    return SandboxedEnvironment(extensions=[filters], **known)


def render(template: Template, answers: Answers, commit: str, source: str) -> Tree:
    """Return the files of a project, byte for byte as Copier would write them.

    `commit` is the tag under which `source`, the bundle of the project, holds the
    template.
    """
    kept = {"_commit": commit, "_src_path": source, **answers.stored}
    return render_files(template, {**answers.values, "_copier_answers": kept})


def render_files(template: Template, values: Mapping[str, Any]) -> Tree:
    """Return the rendered files of a template; PluginError if its Jinja is wrong."""
    tree: Tree = {}
    for path, file in template.files.items():
        target = template.path(path.removesuffix(SUFFIX), values)
        if not target:
            continue  # the answers do not want this file
        data = file.data
        if path.endswith(SUFFIX):
            data = render_file(template, path, data.decode("utf-8"), values)
        tree[target] = File(data, file.executable)
    return tree


def render_file(
    template: Template, path: str, text: str, values: Mapping[str, Any]
) -> bytes:
    """Return one rendered file; PluginError, with its path, if its Jinja is wrong."""
    try:
        return template.text(text, values).encode()
    except PluginError as error:
        raise PluginError(f"template file {path}: {error}") from error
