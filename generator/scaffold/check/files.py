"""Check the files of a rendered project: they parse, and ruff accepts them."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml

from scaffold.errors import one_line
from scaffold.project.create import RenderedProject

Found = tuple[str, str, str]  # what is wrong, in which file, how to fix it
TRACE = re.compile(r"\{\{|^ *# ?\{%|slot: \w+", re.MULTILINE)
PARSERS: dict[str, Callable[[str], object]] = {
    ".py": ast.parse,
    ".toml": tomllib.loads,
    ".yml": yaml.safe_load,
    ".yaml": yaml.safe_load,
    ".json": json.loads,
    ".ipynb": json.loads,
    ".md": str,
}
FREE = (".github/",)  # workflows have expressions in {{ }} of their own


def check_files(rendered: RenderedProject) -> Iterator[Found]:
    """Yield files that do not parse, and what is left of the template."""
    for path, file in rendered.files.items():
        parse = PARSERS.get(Path(path).suffix)
        if parse is None:
            continue
        try:
            text = file.data.decode("utf-8")
            parse(text)
        except (SyntaxError, ValueError, yaml.YAMLError) as error:
            what = f"does not parse: {one_line(error)}"
            yield what, path, "fix what the template writes here"
            continue
        trace = TRACE.search(text)
        if trace and not path.startswith(FREE):
            what = f"{trace[0].strip()!r} is left of the template"
            yield what, path, "close the block, or name a question that exists"


def lint(folder: Path) -> Iterator[Found]:
    """Yield the findings of ruff, by the rules of the project."""
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
            yield what, where, "fix the template, so that its output is clean"
