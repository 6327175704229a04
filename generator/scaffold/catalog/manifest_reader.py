"""Read a `plugin.toml`, and check it key by key."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from scaffold.catalog.manifest import AnyManifest, Field
from scaffold.catalog.manifest_checks import check_manifest
from scaffold.catalog.questions import Question, explain, parse_question
from scaffold.errors import PluginError
from scaffold.tree import read_regular_file

MAX_BYTES = 100_000
MAX_DOTS = 200  # in a line: tomllib takes minutes for a key of thousands of parts


def read_manifest(path: Path) -> AnyManifest:
    """Return the checked content of a `plugin.toml`; `questions` and `config` parsed.

    Raises PluginError, which names the file, the key and the rule.
    """
    try:
        manifest = msgspec.convert(read_toml(path), AnyManifest)
    except msgspec.ValidationError as error:
        raise PluginError(f"{path}: {explain(error)}") from error
    try:
        manifest = parse_tables(manifest)
        check_manifest(manifest)
    except PluginError as error:
        raise PluginError(f"{path}: {error}") from error
    return manifest


def read_toml(path: Path) -> dict[str, Any]:
    """Return the content of a `plugin.toml`; raise PluginError if it cannot be read."""
    try:
        text = read_regular_file(path, MAX_BYTES).decode()
        if any(line.count(".") > MAX_DOTS for line in text.splitlines()):
            raise PluginError(f"{path}: a line has more than {MAX_DOTS} dots")
        return tomllib.loads(text)
    except FileNotFoundError as error:
        raise PluginError(f"{path.parent} has no plugin.toml") from error
    except RecursionError as error:
        raise PluginError(f"{path}: too deeply nested") from error
    except (OSError, ValueError) as error:  # not UTF-8, not TOML, or a long number
        raise PluginError(f"{path}: {error}") from error


def parse_tables(manifest: AnyManifest) -> AnyManifest:
    """Return the manifest with a Field and a Question for each table in it."""
    questions = {
        name: parse_question(table, f"[questions.{name}]")
        for name, table in manifest.questions.items()
    }
    family = getattr(manifest, "family", "")
    if isinstance(family, list):
        question = Question("str", family[0], "What is predicted", family)
        questions = {"family": question, **questions}
    config = {name: parse_field(name, value) for name, value in manifest.config.items()}
    return msgspec.structs.replace(manifest, questions=questions, config=config)


def parse_field(name: str, value: Any) -> Field:
    """Return a field from its table, or from a plain default."""
    if not isinstance(value, Mapping):
        value = {"default": value}
    try:
        return msgspec.convert(value, Field)
    except msgspec.ValidationError as error:
        raise PluginError(f"[config] {name}: {explain(error)}") from error
