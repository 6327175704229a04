"""The contract check: what a plugin promises is proved on projects that it writes."""

import ast
import itertools
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec
import yaml

from scaffold.catalog.discovery import PluginSource
from scaffold.catalog.manifest import ExpectedResult
from scaffold.catalog.plugins import Plugin, read_plugin
from scaffold.compose.recipe import Recipe
from scaffold.errors import PluginError, ScaffoldError
from scaffold.project.create import RenderedProject, render_project, write_tree

PACKAGE = "checked"
ALL_UP_TO = 16  # combinations; with more questions, every pair of choices is covered
TRACE = re.compile(r"\{\{|^ *# ?\{%|slot: \w+", re.MULTILINE)


class Finding(NamedTuple):
    """Something that breaks the contract."""

    answers: str  # for which answers; "" for all
    what: str
    where: str
    how: str  # to mend it


Progress = Callable[[str], None]


def check_source(source: PluginSource, progress: Progress) -> Iterator[Finding]:
    """Yield what is wrong with the plugin of a source, even if it cannot be read."""
    try:
        plugin = read_plugin(source)
    except PluginError as error:
        yield Finding("", str(error), str(source.folder), "see docs/plugin-contract.md")
        return
    yield from check_plugin(plugin, progress)


def check_plugin(
    plugin: Plugin, progress: Progress, train_all: bool = True
) -> Iterator[Finding]:
    """Yield what breaks the contract, for each combination of the plugin's choices.

    Every combination is rendered and linted; it is also trained and tested if it is the
    default or `train_all` is set. A combination with findings is not trained.
    """
    for number, answers in enumerate(combinations(plugin)):
        words = " ".join(f"{name}={value}" for name, value in answers.items())
        progress(words or "the only variant")
        try:
            rendered = render_project(
                Recipe((plugin,)), {**answers, "project_name": PACKAGE}
            )
        except ScaffoldError as error:
            place = str(plugin.folder / "plugin.toml")
            yield Finding(words, str(error), place, "mend the place that is named")
            continue
        with tempfile.TemporaryDirectory(prefix="scaffold-check-") as scratch:
            write_tree(rendered.files, Path(scratch))
            found = list(read_files(rendered)) + list(lint(Path(scratch)))
            if not found and (train_all or number == 0):
                found = prove(plugin, rendered, Path(scratch))
        for what, where, how in found:
            yield Finding(words, what, where, how)


def combinations(plugin: Plugin) -> list[dict[str, str]]:
    """Return answers to the questions with choices, the defaults first.

    All combinations where they are few, else so many that each pair of choices is met.
    """
    choices = {
        name: dict.fromkeys(
            [str(question.default), *map(str, question.labels.values())]
        )
        for name, question in plugin.manifest.questions.items()
        if question.labels and not question.computed
    }
    rows = [
        dict(zip(choices, values, strict=True))
        for values in itertools.product(*choices.values())
    ]
    return rows if len(rows) <= ALL_UP_TO else cover_pairs(rows)


def cover_pairs(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return rows, the first one included, in which every pair of values occurs."""

    def pairs(row: Mapping[str, str]) -> set[tuple[tuple[str, str], ...]]:
        return set(itertools.combinations(row.items(), 2))

    missing = set().union(*map(pairs, rows))
    chosen: list[dict[str, str]] = []
    while missing:
        best = (
            max(rows, key=lambda row: len(pairs(row) & missing)) if chosen else rows[0]
        )
        chosen.append(best)
        missing -= pairs(best)
    return chosen


def read_files(rendered: RenderedProject) -> Iterator[tuple[str, str, str]]:
    """Yield what does not parse, and what is left of the template."""
    parsers: dict[str, Callable[[str], object]] = {
        ".py": ast.parse,
        ".toml": tomllib.loads,
        ".yml": yaml.safe_load,
        ".yaml": yaml.safe_load,
        ".json": json.loads,
    }
    for path, file in rendered.files.items():
        parse = parsers.get(Path(path).suffix)
        if parse is None and Path(path).suffix != ".md":
            continue
        try:
            text = file.data.decode("utf-8")
            if parse:
                parse(text)
        except (SyntaxError, ValueError, yaml.YAMLError) as error:
            reason = " ".join(str(error).split())
            yield (
                f"does not parse: {reason}",
                path,
                "mend what the template writes here",
            )
            continue
        if trace := TRACE.search(text):
            what = f"{trace[0].strip()!r} is left of the template"
            yield what, path, "close the block, or name a question that there is"


def lint(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Yield what ruff says of the project, by the rules of the project."""
    for command in ("check", "format --check"):
        words = [*command.split(), "--no-cache", "--output-format", "json", "."]
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *words],
            cwd=folder,
            capture_output=True,
            text=True,
        )
        if "No module named" in done.stderr:
            yield "ruff is not installed", "this environment", "pip install ruff"
            return
        for row in json.loads(done.stdout or "[]"):
            place = Path(row["filename"]).relative_to(folder.resolve())
            where = f"{place}, line {row['location']['row']}"
            what = f"ruff {command}: {row['code']}: {row['message']}"
            yield what, where, "mend the template, so that what it renders is clean"


def prove(
    plugin: Plugin, rendered: RenderedProject, folder: Path
) -> list[tuple[str, str, str]]:
    """Return what a worker process finds: one imports, trains and tests the project."""
    answers = rendered.answers.values
    expect = [
        msgspec.to_builtins(wanted)
        for wanted in plugin.task.expected_results
        if applies(wanted, answers)
    ]
    task = json.dumps({"family": answers["family"], "expect": expect})
    report = folder / "findings.json"
    command = [sys.executable, "-m", "scaffold.check.worker", str(folder), PACKAGE]
    done = subprocess.run(
        [*command, str(report), task], cwd=folder, capture_output=True, text=True
    )
    if not report.exists():
        lines = (done.stderr or done.stdout).strip().splitlines() or ["no word"]
        how = "install what the plugin and its projects depend on"
        return [(f"the check stopped: {lines[-1]}", "this environment", how)]
    return [tuple(row) for row in json.loads(report.read_text(encoding="utf-8"))]


def applies(wanted: ExpectedResult, answers: Mapping[str, object]) -> bool:
    """Return whether a result is promised for these answers."""
    return all(answers[name] == value for name, value in wanted.when.items())
