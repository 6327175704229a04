"""The code of the generator follows its own rules."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import scaffold

PACKAGE = Path(scaffold.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
NAMES = [path.relative_to(PACKAGE).as_posix() for path in MODULES]
# From the bottom up: a module imports only from its own package, and those before it.
LAYERS = (
    "scaffold",
    "errors",
    "tree",
    "catalog",
    "compose",
    "render",
    "project",
    "update",
    "teach",
    "check",
    "web",
    "cli",
)


def imported(path: Path) -> Iterator[str]:
    """Yield the packages of scaffold that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: imports are absolute"
            modules = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for module in modules:
            root, _, rest = module.partition(".")
            name = rest.partition(".")[0]
            if root == "scaffold":
                yield name if name in LAYERS else root


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_imports_go_one_way(path: Path) -> None:
    name = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if name in {"__main__", "__init__"}:
        return
    for other in imported(path):
        allowed = LAYERS[: LAYERS.index(name) + 1]
        assert other in allowed, f"{name} imports {other}"


OPTIONAL = {"vulture"}  # `plugin check` says how to install it
# How to import a distribution whose name differs from that of its package.
IMPORTED_AS = {"pyyaml": "yaml", "jinja2-ansible-filters": "jinja2_ansible_filters"}


def test_the_dependencies_are_what_the_code_imports() -> None:
    """Copier is none of them: it is the format of templates, and never called."""
    found = set()
    for path in MODULES:
        if "worker" in path.parts:  # runs where the dependencies of plugins are
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found.add(str(node.module).partition(".")[0])
        # Jinja imports an extension by its name.
        found |= set(re.findall(r'"(jinja2_\w+)\.', path.read_text()))
    project = tomllib.loads((PACKAGE.parents[1] / "pyproject.toml").read_text())
    declared = {Requirement(text).name for text in project["project"]["dependencies"]}
    expected = {IMPORTED_AS.get(name, name) for name in declared} | {"scaffold"}
    assert found - set(sys.stdlib_module_names) - OPTIONAL == expected
    assert "copier" not in found


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_everything_public_has_a_docstring(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            assert ast.get_docstring(node), f"{path.stem}.{node.name}"


def test_modules_and_functions_are_short() -> None:
    for path in MODULES:
        text = path.read_text()
        assert len(text.splitlines()) <= 250, path
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and len(node.body) > 1:
                first = node.body[1 if ast.get_docstring(node) else 0]
                length = (node.end_lineno or 0) - first.lineno + 1
                assert length <= 35, f"{path.stem}.{node.name}: {length} lines"
