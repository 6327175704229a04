"""What the layers of a recipe add to the slots of the base's files."""

import json
from collections.abc import Collection, Iterator, Mapping

import yaml

from scaffold import __version__
from scaffold.catalog.manifest import Expectation, Setting, is_free_text
from scaffold.catalog.plugins import Plugin
from scaffold.catalog.questions import Question
from scaffold.compose.exercises import Exercise
from scaffold.compose.recipe import CHOICES, Recipe
from scaffold.errors import PluginError

WIDTH = 88  # of the generated code
LONGEST_NUMBER = 24  # characters of a float, such as -2.2250738585072014e-308


def dependencies(recipe: Recipe) -> list[str]:
    """Return the requirements as rows of a list in `pyproject.toml`."""
    lines = [line for plugin in recipe.plugins for line in plugin.manifest.dependencies]
    return [f"{json.dumps(line)}," for line in dict.fromkeys(lines)]


# What the variant `exercise` adds to files of the base.
TEACHING = {
    "commands": [
        "from .tools.exercises import show",
        "",
        'exercises = add("exercises", show)',
        'exercises.add_argument("--hint", action="store_true", help="help with it")',
    ],
    "hooks": [
        "@pytest.hookimpl(wrapper=True)",
        "def pytest_runtest_makereport(item, call):",
        '    """Let the exercise that is next fail with its task; the others wait."""',
        "    from {{ package }}.tools.exercises import judge",
        "",
        "    report = yield",
        "    return judge(report, item, call.excinfo)",
        "",
        "",
    ],
    "pytest": ['markers = ["exercise(number): the test of an exercise"]'],
    "lint": ["# what an open exercise does not use yet"]
    + [f'"{rule}",' for rule in ("B007", "F401", "RUF059")],
}


def teaching(recipe: Recipe, name: str) -> list[str]:
    """Return what a slot of the base gets in a project with exercises, else nothing."""
    return TEACHING[name] if recipe.variant == "exercise" else []


def exercises(recipe: Recipe, found: Mapping[str, Exercise]) -> list[str]:
    """Return what the README of a project with exercises says of them."""
    if recipe.variant != "exercise":
        return []
    return [
        "## Exercises",
        "",
        "Parts of this project are yours to write, in this order:",
        "",
        *(f"{e.number}. {e.words.title}: {e.words.task}." for e in found.values()),
        "",
        "Each begins with a line `# exercise 1: ...`, and raises an error where your",
        "code goes. `pytest` fails for the exercise that is next, and says what to",
        "write; what needs it waits. `python -m {{ package }} exercises` shows how far",
        "you are, and with `--hint` helps with the next. Training needs all of them.",
        "",
    ]


def readme(recipe: Recipe) -> list[str]:
    """Return what the plugins tell the reader of the project's README."""
    texts = (plugin.manifest.readme.strip() for plugin in recipe.plugins)
    return "\n\n".join(filter(None, texts)).splitlines()


def constants(recipe: Recipe) -> list[str]:
    """Return the rows of `copier.yml` that say what task it is; nobody is asked."""
    task = recipe.task.manifest
    table = {
        "task_name": task.name,
        "task_title": task.title,
        "task_summary": task.summary,
        "scaffold_version": __version__,
    }
    if isinstance(task.family, str):
        table["family"] = task.family
    return rows({name: constant(value) for name, value in table.items()})


def questions(recipe: Recipe) -> list[str]:
    """Return the rows of `copier.yml` that ask, and whether a result is promised."""
    table = {name: asked(question) for name, question in all_questions(recipe).items()}
    condition = expected_condition(recipe.task.manifest.expect)
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
                message = f"plugin {plugin.manifest.name}: question {name} is taken"
                raise PluginError(message)
            found[name] = question
    return found


def constant(value: str, kind: str = "str") -> dict[str, object]:
    """Return a question that is never asked nor stored, as `copier.yml` has it."""
    return {"type": kind, "default": value, "when": False}


def asked(question: Question) -> dict[str, object]:
    """Return a question as `copier.yml` has it, without the keys that say nothing."""
    keys: dict[str, object] = {"type": question.type, "help": question.help}
    keys["default"] = question.default
    if question.choices:
        keys["choices"] = question.choices
    if question.validator:
        keys["validator"] = question.validator
    if question.when is not True:
        keys["when"] = question.when
    return keys


def condition(when: Mapping[str, object]) -> str:
    """Return a Jinja expression that holds for the answers in `when`."""
    tests = [f"{name} == {json.dumps(value)}" for name, value in when.items()]
    return " and ".join(tests) or "true"


def expected_condition(expect: list[Expectation]) -> str:
    """Return the Jinja text of whether any result is promised for the answers."""
    tests = [f"({condition(wanted.when)})" for wanted in expect] or ["false"]
    return "{{ " + " or ".join(tests) + " }}"


def expected(recipe: Recipe) -> list[str]:
    """Return what the README says of the result, for the answers given."""
    lines = []
    for wanted in recipe.task.manifest.expect:
        lines += [
            f"# {{% if {condition(wanted.when)} %}}",
            f"With the settings as they are, on the test part: {wanted.sentence}.",
            "# {% endif %}",
        ]
    lines += [
        "# {% if not expected %}",
        "No result is promised for the choices that were made here.",
        "# {% endif %}",
    ]
    return lines


def command(recipe: Recipe) -> list[str]:
    """Return the command that writes the project again, as Jinja."""
    task = recipe.task.manifest.name
    text = f"scaffold new {{{{ project_name }}}} --task {task} --defaults"
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


def config(recipe: Recipe, fields: Collection[str]) -> list[str]:
    """Return the fields that plugins add to `Config`; `fields` are the base's."""
    lines: list[str] = []
    for plugin in recipe.plugins:
        questions = plugin.manifest.questions
        for name, setting in plugin.manifest.config.items():
            if name not in fields:
                lines += field(name, setting, questions.get(setting.question), plugin)
    return lines


def field(
    name: str, setting: Setting, question: Question | None, plugin: Plugin
) -> Iterator[str]:
    """Yield the rows of one field, laid out as ruff format would."""
    if not setting.help:
        message = f"{plugin.folder}/plugin.toml: [config] {name} needs a help"
        raise PluginError(message + "; without one it changes a field of the base")
    default = literal(setting, name, question)
    kind = question.type if question else type(setting.default).__name__
    arguments = [default, json.dumps(setting.help, ensure_ascii=False), *rules(setting)]
    line = f"{name}: {kind} = flag({', '.join(arguments)})"
    rendered = LONGEST_NUMBER - len(default) if question else 0
    # A text may have any length; with a line for each argument, ruff format keeps it.
    free = question is not None and is_free_text(question)
    if not free and len("    ") + len(line) + rendered <= WIDTH:
        yield line
        return
    yield f"{name}: {kind} = flag("
    for argument in arguments:
        yield f"    {argument},"
    yield ")"


def literal(setting: Setting, name: str, question: Question | None) -> str:
    """Return the default as Python, or as Jinja that renders to Python."""
    if question is None:
        return python(setting.default)
    if question.type == "str":
        return f"{{{{ {setting.question} | to_json(ensure_ascii=False) }}}}"
    # Python writes 1e+30 where ruff format wants 1e30.
    return f"{{{{ {setting.question} | string | replace('e+', 'e') }}}}"


def rules(setting: Setting) -> Iterator[str]:
    """Yield the keyword arguments that bound a setting."""
    if setting.choices:
        values = ", ".join(python(choice) for choice in setting.choices)
        yield (
            f"choices=({values},)"
            if len(setting.choices) == 1
            else f"choices=({values})"
        )
    if setting.minimum is not None:
        yield f"minimum={python(setting.minimum)}"
    if setting.maximum is not None:
        yield f"maximum={python(setting.maximum)}"
    if setting.above is not None:
        yield f"above={python(setting.above)}"


def python(value: object) -> str:
    """Return a literal in the form that ruff format keeps."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return repr(value).replace("e+", "e")
