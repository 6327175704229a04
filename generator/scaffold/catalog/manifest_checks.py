"""What the types of the keys of `plugin.toml` do not express."""

import keyword
import re
from collections.abc import Mapping
from math import isfinite

from scaffold.catalog.manifest import (
    AnyManifest,
    ExerciseText,
    ExpectedResult,
    FeatureManifest,
    Field,
    TaskManifest,
)
from scaffold.catalog.questions import Question
from scaffold.catalog.versions import check_requirement, check_version
from scaffold.errors import PluginError

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
MAX_NAME = 60
VERSION = re.compile(r"[0-9A-Za-z.+!_-]{1,100}")  # as a recipe records it
# These question names belong to the recipe, the core or Copier.
RESERVED = frozenset({"comments", "variant", "exercises", "language"}) | {
    *("now", "make_secret"),
    *("project_name", "package", "description", "author", "scaffold_version"),
    *("task_name", "task_title", "task_summary", "family", "expected"),
    *("validation", "data_info", "table", "build_loss_fn", "features"),
}
# Names that a field of Config cannot have, by reason.
RESERVED_FIELDS = {
    "as a flag or an argument of a command": frozenset(
        {"help", "resume", "trials", "run", "input", "output", "config", "values"}
    ),
    "as an attribute of pydantic's BaseModel": frozenset(
        {"copy", "json", "dict", "schema", "schema_json", "construct", "validate"}
        | {"fields", "from_orm", "parse_file", "parse_obj", "parse_raw"}
        | {"update_forward_refs"}
    ),
    "as a type of other fields": frozenset({"bool", "float", "int", "str"}),
    "as a key of config.json": frozenset({"git_commit", "git_dirty"}),
}


def check_manifest(manifest: AnyManifest) -> None:
    """Raise PluginError for what the types of the keys do not express."""
    if not NAME.fullmatch(manifest.name) or len(manifest.name) > MAX_NAME:
        rule = f"must be like my-task, in lower case, with up to {MAX_NAME} characters"
        raise PluginError(f"name {manifest.name[: MAX_NAME + 1]!r} {rule}")
    if not VERSION.fullmatch(manifest.version):
        raise PluginError(f"version {manifest.version[:50]!r} is not like 1.2.0")
    for key in ("title", "summary"):
        check_line(key, getattr(manifest, key))
    for path, purpose in manifest.files.items():
        check_line(f"[files] {path}", purpose)
    for name, exercise in manifest.exercises.items():
        check_exercise(f"[exercises.{name}]", exercise)
    check_version(manifest.version, manifest.scaffold)
    for name, question in manifest.questions.items():
        check_question(name, question, manifest)
    for name, field in manifest.config.items():
        check_field(name, field, manifest.questions)
    if isinstance(manifest, TaskManifest):
        check_task(manifest)
    else:
        check_feature(manifest)


def check_task(manifest: TaskManifest) -> None:
    """Raise PluginError for keys of a task that contradict each other."""
    for text in manifest.dependencies:
        check_requirement("dependencies", text)
    for name, reason in manifest.conflicts.items():
        check_line(f"conflicts: {name}", reason)
    for expected in manifest.expected_results:
        check_expected_result(expected, manifest.questions)


def check_feature(manifest: FeatureManifest) -> None:
    """Raise PluginError for requirements or lines that cannot be written."""
    for text in manifest.dependencies:
        check_requirement("dependencies", text)
    for name, requirements in manifest.extras.items():
        if not NAME.fullmatch(name):
            raise PluginError(f"[extras] {name!r} must be a name in lower case")
        for text in requirements:
            check_requirement(f"[extras] {name}", text)
    for line in manifest.ignore:
        check_line("ignore", line)
    for path in sorted(set(manifest.replaces) - manifest.files.keys()):
        raise PluginError(f"replaces: {path} is not in [files]")


def check_line(where: str, text: str) -> None:
    """Raise PluginError unless a text is safe in code, TOML, YAML and Markdown."""
    if not text.strip() or not text.isprintable() or set(text) & set('{}"\\'):
        raise PluginError(
            f"{where} must be one line without braces, quotes, backslashes"
        )


def check_exercise(where: str, exercise: ExerciseText) -> None:
    """Raise PluginError for texts that cannot be written, and for a single hint."""
    check_line(f"{where} title", exercise.title or "-")
    check_line(f"{where} task", exercise.task or "-")
    for hint in exercise.hints:
        check_line(f"{where} hints", hint)
    if len(exercise.hints) == 1:
        raise PluginError(
            f"{where} hints: needs two or more, each of them more precise"
        )


def check_numbers(where: str, *values: object) -> None:
    """Raise PluginError for numbers that Python, JSON and TOML do not all have."""
    for value in values:
        if isinstance(value, float) and not isfinite(value):
            raise PluginError(f"{where}: {value} is not a finite number")
        if isinstance(value, int) and abs(value) >= 2**63:
            raise PluginError(f"{where}: a number has more than 64 bits")


def check_question(name: str, question: Question, manifest: AnyManifest) -> None:
    """Raise PluginError if a question has an invalid name or text."""
    where = f"[questions.{name}]"
    own_family = name == "family" and isinstance(
        getattr(manifest, "family", None), list
    )
    if not name.isidentifier() or name.startswith("_") or name != name.lower():
        raise PluginError(
            f"{where}: a question is named like a variable, in lower case"
        )
    if name in RESERVED and not own_family:
        raise PluginError(f"{where}: {name} is a reserved key; choose another name")
    if question.type == "yaml":
        raise PluginError(f"{where}: type yaml is for constants of the core")
    for text in (question.help, *question.labels):
        check_line(where, text)
    check_numbers(where, question.default, *question.labels.values())
    if question.format and (question.type != "str" or question.default != ""):
        raise PluginError(f"{where}: a file is a str, and empty by default")


def check_field(name: str, field: Field, questions: Mapping[str, Question]) -> None:
    """Raise PluginError if a field of Config has an invalid name, default or text."""
    where = f"[config] {name}"
    if not name.isidentifier() or name != name.lower() or name.startswith("_"):
        raise PluginError(f"{where}: a field is named like a variable, in lower case")
    if reason := why_reserved(name):
        raise PluginError(
            f"{where}: this name is reserved, {reason}; choose another, such as "
            f"{name.strip('_')}_value"
        )
    if (field.default is None) == (not field.question):
        raise PluginError(f"{where} needs either a default or a question")
    if field.question and field.question not in questions:
        raise PluginError(f"{where}: there is no [questions.{field.question}]")
    if field.question and not field.help:
        raise PluginError(f"{where}: needs a help, which train --help shows")
    asked = questions.get(field.question)
    if asked and is_free_text(asked) and not asked.validator:
        needed = "choices, or a validator that refuses quotes, backslashes, long texts"
        raise PluginError(f"{where}: the default of a field needs {needed}")
    for text in (field.help or "-", *(field.choices or [])):
        check_line(where, text)
    check_numbers(where, field.default, field.ge, field.gt, field.le, field.lt)
    if isinstance(field.default, str):
        check_line(where, field.default or "-")


def why_reserved(name: str) -> str:
    """Return why no field of Config can have a name, or ""."""
    if keyword.iskeyword(name):
        return "as a keyword of Python"
    if name.startswith("model_"):
        return "as pydantic's methods begin with model_"
    reasons = (why for why, names in RESERVED_FIELDS.items() if name in names)
    return next(reasons, "")


def is_free_text(question: Question) -> bool:
    """Return whether any text may be the answer."""
    return question.type == "str" and not question.choices


def check_expected_result(
    expected: ExpectedResult, questions: Mapping[str, Question]
) -> None:
    """Raise PluginError if a result has no bound, or a condition that cannot hold."""
    where = "[[expected_results]]"
    if not expected.metric.isidentifier():
        raise PluginError(f"{where} metric {expected.metric!r} must be a column name")
    if (expected.at_least is None) == (expected.at_most is None):
        raise PluginError(f"{where} {expected.metric} needs at_least or at_most")
    for name, value in expected.when.items():
        if name not in questions:
            raise PluginError(f"{where} when: there is no question {name}")
        choices = questions[name].labels.values()
        if choices and value not in choices:
            raise PluginError(f"{where} when: {value!r} is not a choice of {name}")
