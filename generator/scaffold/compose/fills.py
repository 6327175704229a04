"""The slots that composition fills from plugin.toml instead of slots/ folders."""

import json
import re
from collections.abc import Collection, Mapping
from typing import Any

import yaml

from scaffold import __version__
from scaffold.catalog.manifest import ExpectedResult
from scaffold.catalog.plugins import Plugin
from scaffold.catalog.questions import Question
from scaffold.compose.config_fields import render_fields
from scaffold.compose.exercises import Exercise
from scaffold.compose.file_tree import draw_tree
from scaffold.compose.purposes import BUNDLE, purposes
from scaffold.compose.recipe import CHOICES, Recipe
from scaffold.errors import PluginError

SLOT = re.compile(r"^( *)(?:# slot: (\w+)|<!-- slot: (\w+) -->)\n", re.MULTILINE)
Fills = Mapping[str, list[str]]
BUNDLE_FOLDER = ".scaffold/"
# Whether the template is in the project, not in a repository for Copier alone.
OWN_TEMPLATE = f'# {{% if _copier_answers["_src_path"] == "{BUNDLE}" %}}'


def make_fills(
    recipe: Recipe,
    paths: list[str],
    exercises: Mapping[str, Exercise],
    core_fields: Collection[str],
) -> Fills:
    """Return the lines of each slot that composition fills itself, by name."""
    return {
        "dependencies": requirements(recipe),
        "test_dependencies": extra(recipe, "test"),
        "extras": extras(recipe),
        "ignore": [
            line for plugin in recipe.features for line in plugin.feature.ignore
        ],
        "config": render_fields(recipe, core_fields),
        "constants": constants(recipe),
        "questions": questions(recipe),
        "readme": paragraphs([recipe.task]),
        "sections": [*paragraphs(recipe.features), ""] if recipe.features else [],
        "expected": expected(recipe),
        "command": command(recipe),
        "files": list_files(recipe, paths),
        "exercises": describe_exercises(recipe, exercises),
    }


def fill_slots(text: str, fills: Fills) -> str:
    """Return a text with every slot filled; those that nothing fills vanish."""

    def replace(match: re.Match[str]) -> str:
        lines = fills.get(match[2] or match[3], [])
        return "".join(f"{match[1]}{line}".rstrip() + "\n" for line in lines)

    return SLOT.sub(replace, text)


def requirements(recipe: Recipe) -> list[str]:
    """Return the requirements of the plugins as items of a TOML array."""
    lines = [line for plugin in recipe.plugins for line in plugin.manifest.dependencies]
    return [f"{json.dumps(line)}," for line in dict.fromkeys(lines)]


def extra(recipe: Recipe, name: str) -> list[str]:
    """Return what the features add to an extra, as items of a TOML array."""
    lines = [
        line
        for plugin in recipe.features
        for line in plugin.feature.extras.get(name, [])
    ]
    return [f"{json.dumps(line)}," for line in dict.fromkeys(lines)]


def extras(recipe: Recipe) -> list[str]:
    """Return the extras of the features, besides `test`, as rows of TOML."""
    names = {name for plugin in recipe.features for name in plugin.feature.extras}
    rows = []
    for name in sorted(names - {"test"}):
        items = " ".join(extra(recipe, name)).rstrip(",")
        rows.append(f"{name} = [{items}]")
    return rows


def list_files(recipe: Recipe, paths: list[str]) -> list[str]:
    """Return the tree of files in the README; only scaffold writes the bundle."""
    lines = draw_tree(purposes(recipe, paths))
    place = next(n for n, line in enumerate(lines) if line.endswith(BUNDLE_FOLDER))
    bundle = [OWN_TEMPLATE, *lines[place : place + 2], "# {% endif %}"]
    return [*lines[:place], *bundle, *lines[place + 2 :]]


def describe_exercises(recipe: Recipe, found: Mapping[str, Exercise]) -> list[str]:
    """Return the section on exercises in the README of a project that has them."""
    if recipe.variant != "exercise":
        return []
    return [
        "## Exercises",
        "",
        "Parts of this project are yours to write, in this order:",
        "",
        *(f"{e.number}. {e.text.title}: {e.text.task}." for e in found.values()),
        "",
        "Each starts with a line `# exercise 1: ...` and raises an error where your",
        "code goes. `pytest` fails for the next open exercise only and says what to",
        "write. `python -m {{ package }} exercises` shows your progress, and what is",
        "wrong; it gives a hint with `--hint`, and runs again on save with `--watch`.",
        "Training needs all of them.",
        "",
    ]


def paragraphs(plugins: Collection[Plugin]) -> list[str]:
    """Return what the plugins say in the README of the project."""
    texts = (plugin.manifest.readme.strip() for plugin in plugins)
    return "\n\n".join(filter(None, texts)).splitlines()


def constants(recipe: Recipe) -> list[str]:
    """Return the facts of a recipe as rows of `copier.yml`; never asked."""
    task = recipe.task.task
    table = {
        "task_name": constant(task.name),
        "task_title": constant(task.title),
        "task_summary": constant(task.summary),
        "scaffold_version": constant(__version__),
        "validation": constant(task.validation, "bool"),
        "data_info": constant(task.data_info, "bool"),
        "variant": constant(recipe.variant),
        "table": constant(task.table, "bool"),
        "build_loss_fn": constant(task.build_loss_fn, "bool"),
        "features": constant(json.dumps([p.name for p in recipe.features]), "yaml"),
    }
    if isinstance(task.family, str):
        table["family"] = constant(task.family)
    return rows(table)


def constant(value: str | bool, kind: str = "str") -> dict[str, object]:
    """Return a question that is never asked nor stored, as `copier.yml` has it."""
    return {"type": kind, "default": value, "when": False}


def questions(recipe: Recipe) -> list[str]:
    """Return the questions as rows of `copier.yml`, and if a result is promised."""
    table = {name: asked(question) for name, question in all_questions(recipe).items()}
    condition = expected_condition(recipe.task.task.expected_results)
    return rows(table | {"expected": constant(condition, "bool")})


def rows(table: Mapping[str, object]) -> list[str]:
    """Return a table as lines of YAML, in its order."""
    return yaml.safe_dump(table, sort_keys=False, allow_unicode=True).splitlines()


def all_questions(recipe: Recipe) -> dict[str, Question]:
    """Return the questions of all plugins; raise PluginError if two share a name."""
    found: dict[str, Question] = {}
    for plugin in recipe.plugins:
        for name, question in plugin.manifest.questions.items():
            if name in found:
                message = f"plugin {plugin.name}: question {name} is taken"
                raise PluginError(message)
            found[name] = question
    return found


def asked(question: Question) -> dict[str, Any]:
    """Return a question as `copier.yml` has it, without keys that have no effect."""
    keys: dict[str, Any] = {"type": question.type, "help": question.help}
    keys["default"] = question.default
    if question.choices:
        keys["choices"] = question.choices
    if question.validator:
        keys["validator"] = question.validator
    if question.when is not True:
        keys["when"] = question.when
    return keys


def condition(when: Mapping[str, object]) -> str:
    """Return a Jinja expression that is true for the answers in `when`."""
    tests = [f"{name} == {json.dumps(value)}" for name, value in when.items()]
    return " and ".join(tests) or "true"


def expected_condition(results: list[ExpectedResult]) -> str:
    """Return the Jinja text of whether any result is promised for the answers."""
    tests = [f"({condition(result.when)})" for result in results] or ["false"]
    return "{{ " + " or ".join(tests) + " }}"


def expected(recipe: Recipe) -> list[str]:
    """Return the expected results for the README, for the answers given."""
    lines = []
    for result in recipe.task.task.expected_results:
        lines += [
            f"# {{% if {condition(result.when)} %}}",
            f"With the default hyperparameters: a {result.sentence}.",
            "# {% endif %}",
        ]
    return [
        *lines,
        "# {% if not expected %}",
        "No result is promised for these answers.",
        "# {% endif %}",
    ]


def command(recipe: Recipe) -> list[str]:
    """Return the command that generates the project again, as Jinja."""
    text = f"scaffold new {{{{ project_name }}}} --task {recipe.task.name}"
    text += "".join(f" --with {plugin.name}" for plugin in recipe.features)
    text += " --defaults"
    for name, choice in recipe.choices.items():
        text += f" --set {name}={choice}" if choice != CHOICES[name].default else ""
    defaults = {
        name: json.dumps(question.default)
        for name, question in all_questions(recipe).items()
    }
    defaults |= {"description": "task_summary", "author": '""'}
    for name, default in defaults.items():
        option = f"' --set ' ~ ('{name}=' ~ {name}) | quote"
        text += f"{{{{ {option} if {name} != {default} else '' }}}}"
    return [text]
