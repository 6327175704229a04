"""The fields that plugins add to the project's `Config`, as Python."""

import json
from collections.abc import Collection, Iterator

from scaffold.catalog.manifest import Field
from scaffold.catalog.manifest_checks import is_free_text
from scaffold.catalog.plugins import Plugin
from scaffold.catalog.questions import Question
from scaffold.compose.recipe import Recipe
from scaffold.errors import PluginError

WIDTH = 88 - len("    ")  # of the generated code, inside a class
LONGEST_NUMBER = 24  # characters of a float, such as -2.2250738585072014e-308


def render_fields(recipe: Recipe, core_fields: Collection[str]) -> list[str]:
    """Return the fields that plugins add to `Config`; `core_fields` are there already.

    Raises PluginError if two plugins add the same field.
    """
    lines: list[str] = []
    owners: dict[str, str] = {}
    for plugin in recipe.plugins:
        for name, field in plugin.manifest.config.items():
            if name in core_fields:
                continue
            owner = owners.setdefault(name, plugin.name)
            if owner != plugin.name:
                raise PluginError(f"[config] {name}: {owner} and {plugin.name} have it")
            rendered = render_field(name, field, plugin)
            if field.families:
                start = f"# {{% if family in {json.dumps(field.families)} %}}"
                lines += [start, *rendered, "# {% endif %}"]
            else:
                lines += rendered
    return lines


def render_field(name: str, field: Field, plugin: Plugin) -> Iterator[str]:
    """Yield the rows of one field, laid out as ruff format would."""
    if not field.help:
        message = f"{plugin.folder}/plugin.toml: [config] {name} needs a help"
        raise PluginError(message + "; without one it changes a field of the core")
    question = plugin.manifest.questions.get(field.question)
    default = to_literal(field, question)
    kind = question.type if question else type(field.default).__name__
    if field.choices:
        kind = f"Literal[{', '.join(map(to_python, field.choices))}]"
    help_text = json.dumps(field.help, ensure_ascii=False)
    arguments = [default, *bounds(field), f"description={help_text}"]
    rendered = LONGEST_NUMBER - len(default) if question else 0
    # A text may have any length; with a line for each argument, ruff format keeps it.
    free = question is not None and is_free_text(question)
    head, inner = f"{name}: {kind} = Field(", ", ".join(arguments)
    if not free and len(head) + len(inner) + 1 + rendered <= WIDTH:
        yield f"{head}{inner})"
    elif not free and len("    ") + len(inner) + rendered <= WIDTH:
        yield from (head, f"    {inner}", ")")
    else:
        yield from (head, *(f"    {argument}," for argument in arguments), ")")


def to_literal(field: Field, question: Question | None) -> str:
    """Return the default as Python, or as Jinja that renders to Python."""
    if question is None:
        return to_python(field.default)
    if question.type == "str":
        return f"{{{{ {field.question} | to_json(ensure_ascii=False) }}}}"
    # Python writes 1e+30 where ruff format wants 1e30.
    return f"{{{{ {field.question} | string | replace('e+', 'e') }}}}"


def bounds(field: Field) -> Iterator[str]:
    """Yield the keyword arguments that bound a field."""
    for key in ("ge", "gt", "le", "lt"):
        value = getattr(field, key)
        if value is not None:
            yield f"{key}={to_python(value)}"


def to_python(value: object) -> str:
    """Return a literal in the form that ruff format keeps."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return repr(value).replace("e+", "e")
