"""`plugin.toml`: what a plugin says of itself, read and checked key by key."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from scaffold.catalog.questions import Question, Value, explain, parse_question
from scaffold.errors import PluginError

Family = Literal["regression", "binary", "multiclass"]
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
# No name for a question: these keys are the recipe's, the base's or Copier's.
RESERVED = frozenset({"comments", "variant", "now", "make_secret"}) | {
    *("project_name", "package", "description", "author", "scaffold_version"),
    *("task_name", "task_title", "task_summary", "family", "expected"),
}


class Setting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A field of the project's `Config`: its default, or the question that gives it.

    A setting without `help` changes the default of a field that the base has.
    """

    default: Value | None = None
    question: str = ""
    help: str = ""
    choices: list[str] | None = None
    minimum: int | float | None = None
    maximum: int | float | None = None
    above: int | float | None = None


class Expectation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A result that training reaches for certain answers: a bound of the metric."""

    metric: str
    when: dict[str, Value] = {}
    at_least: float | None = None
    at_most: float | None = None

    @property
    def sentence(self) -> str:
        """The result in words: accuracy of at least 0.99."""
        name = self.metric.replace("_", " ")
        if self.at_most is not None:
            return f"{name} of at most {self.at_most}"
        return f"{name} of at least {self.at_least}"


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is said of an exercise: its title, what to write, and a hint on request."""

    title: str = ""
    task: str = ""
    hint: str = ""


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The keys of `plugin.toml`."""

    name: str
    version: str
    kind: Literal["task"]
    family: Family | Annotated[list[Family], msgspec.Meta(min_length=1)]
    title: str
    summary: str
    scaffold: str
    files: dict[str, str]
    dependencies: list[str] = []
    readme: str = ""
    config: dict[str, Any] = {}
    questions: dict[str, Any] = {}
    expect: list[Expectation] = []
    exercises: dict[str, Words] = {}
    formerly: list[str] = []  # names that the task had in earlier versions


def read_manifest(path: Path) -> Manifest:
    """Return the checked content of a `plugin.toml`; `questions` and `config` parsed.

    Raises PluginError, which names the file, the key and the rule.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        manifest = msgspec.convert(table, Manifest)
    except FileNotFoundError as error:
        raise PluginError(f"{path.parent} holds no plugin.toml") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PluginError(f"{path}: {error}") from error
    except msgspec.ValidationError as error:
        raise PluginError(f"{path}: {explain(error)}") from error
    try:
        manifest = parse_tables(manifest)
        check(manifest)
    except PluginError as error:
        raise PluginError(f"{path}: {error}") from error
    return manifest


def parse_tables(manifest: Manifest) -> Manifest:
    """Return the manifest with a Setting and a Question for each table in it."""
    questions = {
        name: parse_question(table, f"[questions.{name}]")
        for name, table in manifest.questions.items()
    }
    if isinstance(manifest.family, list):
        question = Question(
            "str", manifest.family[0], "What is predicted", manifest.family
        )
        questions = {"family": question, **questions}
    config = {
        name: parse_setting(name, value) for name, value in manifest.config.items()
    }
    return msgspec.structs.replace(manifest, questions=questions, config=config)


def parse_setting(name: str, value: Any) -> Setting:
    """Return a setting from its table, or from a plain default."""
    if not isinstance(value, Mapping):
        value = {"default": value}
    try:
        return msgspec.convert(value, Setting)
    except msgspec.ValidationError as error:
        raise PluginError(f"[config] {name}: {explain(error)}") from error


def check(manifest: Manifest) -> None:
    """Raise PluginError for what the types of the keys do not say."""
    if not NAME.fullmatch(manifest.name):
        raise PluginError(f"name {manifest.name!r} must be like my-task, in lower case")
    for key in ("title", "summary"):
        check_line(key, getattr(manifest, key))
    for path, purpose in manifest.files.items():
        check_line(f"[files] {path}", purpose)
    for name, words in manifest.exercises.items():
        for key, text in msgspec.structs.asdict(words).items():
            check_line(f"[exercises.{name}] {key}", text or "-")
    check_versions(manifest)
    for name, question in manifest.questions.items():
        check_question(name, question, manifest)
    for name, setting in manifest.config.items():
        check_setting(name, setting, manifest.questions)
    for expectation in manifest.expect:
        check_expectation(expectation, manifest.questions)


def check_line(where: str, text: str) -> None:
    """Raise PluginError unless a text can stand in code, TOML, YAML and Markdown."""
    if not text.strip() or not text.isprintable() or set(text) & set('{}"\\'):
        raise PluginError(
            f"{where} must be one line without braces, quotes, backslashes"
        )


def check_versions(manifest: Manifest) -> None:
    """Raise PluginError for versions and requirements that Python cannot read."""
    check_version(manifest.version, manifest.scaffold)
    for text in manifest.dependencies:
        check_requirement(text)


@cache
def check_version(version: str, versions: str) -> None:
    """Raise PluginError unless both can be read; many plugins share them."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet
    from packaging.version import InvalidVersion, Version

    try:
        Version(version)
        SpecifierSet(versions)
    except (InvalidVersion, InvalidSpecifier) as error:
        raise PluginError(f"version or scaffold: {error}") from error


@cache
def check_requirement(text: str) -> None:
    """Raise PluginError unless a text names a package, and not an address."""
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        url = Requirement(text).url
    except InvalidRequirement as error:
        reason, *_ = str(error).splitlines()
        raise PluginError(f"dependencies: {reason}") from error
    if url:
        raise PluginError(f"dependencies: {text!r} is an address; name a package")


def check_question(name: str, question: Question, manifest: Manifest) -> None:
    """Raise PluginError if a question has a name or a text that it may not have."""
    where = f"[questions.{name}]"
    own_family = name == "family" and isinstance(manifest.family, list)
    if not name.isidentifier() or name.startswith("_") or name != name.lower():
        raise PluginError(
            f"{where}: a question is named like a variable, in lower case"
        )
    if name in RESERVED and not own_family:
        raise PluginError(f"{where}: {name} is a reserved key; choose another name")
    for text in (question.help, *question.labels):
        check_line(where, text)
    if question.format and (question.type != "str" or question.default != ""):
        raise PluginError(f"{where}: a file is a str, and empty by default")


def check_setting(
    name: str, setting: Setting, questions: Mapping[str, Question]
) -> None:
    """Raise PluginError if a setting has no default, two of them, or bad words."""
    where = f"[config] {name}"
    if not name.isidentifier() or name != name.lower():
        raise PluginError(f"{where}: a setting is named like a variable, in lower case")
    if (setting.default is None) == (not setting.question):
        raise PluginError(f"{where} needs either a default or a question")
    if setting.question and setting.question not in questions:
        raise PluginError(f"{where}: there is no [questions.{setting.question}]")
    if setting.question and not setting.help:
        raise PluginError(f"{where}: needs a help, which train --help shows")
    asked = questions.get(setting.question)
    if asked and is_free_text(asked) and not asked.validator:
        needed = "choices, or a validator that refuses quotes, backslashes, long texts"
        raise PluginError(f"{where}: to be a setting, a text question needs {needed}")
    for text in (setting.help or "-", *(setting.choices or [])):
        check_line(where, text)
    if isinstance(setting.default, str):
        check_line(where, setting.default or "-")


def is_free_text(question: Question) -> bool:
    """Return whether any text at all may be the answer."""
    return question.type == "str" and not question.choices


def check_expectation(wanted: Expectation, questions: Mapping[str, Question]) -> None:
    """Raise PluginError if a result has no bound, or a condition that cannot hold."""
    if (wanted.at_least is None) == (wanted.at_most is None):
        raise PluginError(f"[[expect]] {wanted.metric} needs at_least or at_most")
    for name, value in wanted.when.items():
        if name not in questions:
            raise PluginError(f"[[expect]] when: there is no question {name}")
        choices = questions[name].labels.values()
        if choices and value not in choices:
            raise PluginError(f"[[expect]] when: {value!r} is no choice of {name}")
