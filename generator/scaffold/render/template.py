"""Render a composed template with answers to files, in memory, with Jinja alone."""

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

# SafeLoader, in C if PyYAML was built with libyaml.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
SUFFIX = ".jinja"


class Template(NamedTuple):
    """A composed template: its questions, its files and its Jinja environment."""

    questions: dict[str, Question]
    files: Tree
    environment: SandboxedEnvironment

    def text(self, text: str, values: Mapping[str, Any]) -> str:
        """Render a text; raise PluginError if that fails."""
        try:
            return compiled(self.environment, text).render(values)
        except Exception as error:  # expressions in templates can raise anything
            line = getattr(error, "lineno", None)
            where = f"line {line}: " if line else ""
            raise PluginError(f"{where}{error}, in {text[:40]!r}") from error

    def path(self, path: str, values: Mapping[str, Any]) -> str:
        """Render a path part by part; return "" if a part is empty.

        Raises PluginError if a part contains a separator or is `..`.
        """
        parts = [self.text(part, values) for part in path.split("/")]
        if any(part in {".", ".."} or set(part) & set("/\\") for part in parts):
            raise PluginError(f"invalid path {path}: it renders to {'/'.join(parts)!r}")
        return "/".join(parts) if all(parts) else ""


@lru_cache(maxsize=1024)
def compiled(environment: SandboxedEnvironment, text: str) -> jinja2.Template:
    """Compile a text; cached, since folder names recur."""
    return environment.from_string(text)


def open_template(tree: Tree) -> Template:
    """Return the template in a composed tree."""
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
    """Return a sandbox with the filters and options that Copier uses.

    Templates with the same options share an environment, and with it the cache of
    `compiled`: an update renders two templates that are almost the same.
    """
    known = dict(options)
    known["undefined"] = jinja2.StrictUndefined
    filters = "jinja2_ansible_filters.AnsibleCoreFiltersExtension"
    return SandboxedEnvironment(extensions=[filters], **known)


def render(template: Template, answers: Answers, commit: str, source: str) -> Tree:
    """Return the files of a project, byte-identical to those that Copier writes.

    `commit` is the tag under which `source`, the bundle of the project, holds the
    template.
    """
    kept = {"_commit": commit, "_src_path": source, **answers.stored}
    return render_files(template, {**answers.values, "_copier_answers": kept})


def render_files(template: Template, values: Mapping[str, Any]) -> Tree:
    """Render all files of a template; raise PluginError if that fails."""
    tree: Tree = {}
    for path, file in template.files.items():
        target = template.path(path.removesuffix(SUFFIX), values)
        if not target:
            continue  # excluded by an answer
        data = file.data
        if path.endswith(SUFFIX):
            data = render_file(template, path, data.decode("utf-8"), values)
        tree[target] = File(data, file.executable)
    return tree


def render_file(
    template: Template, path: str, text: str, values: Mapping[str, Any]
) -> bytes:
    """Render one file; raise PluginError with its path if that fails."""
    try:
        return template.text(text, values).encode()
    except PluginError as error:
        raise PluginError(f"template file {path}: {error}") from error
