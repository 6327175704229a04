"""The code of the generator keeps to its own rules."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import scaffold

PACKAGE = Path(scaffold.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
# From the bottom up: a module imports only from lines above its own.
LAYERS = [
    {"scaffold"},
    {"errors"},
    {"tree", "listing", "git", "places", "comments", "changelog"},
    {"questions"},
    {"manifest"},
    {"plugins"},
    {"answers"},
    {"recipe"},
    {"exercises"},
    {"slots"},
    {"compose"},
    {"bundle"},
    {"render"},
    {"names", "destination"},
    {"project", "existing", "merge"},
    {"explain", "installed", "owner", "patch", "repository"},
    {"journal", "update", "review", "fleet"},
    {"move", "check", "starter", "worker"},
    {"cli"},
]


def layer(name: str) -> int:
    return next(number for number, names in enumerate(LAYERS) if name in names)


def imported(path: Path) -> Iterator[str]:
    """Yield the modules of scaffold that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.ImportFrom):
            continue
        root, _, module = str(node.module).partition(".")
        if root == "scaffold" and module:
            yield module.partition(".")[0]
        elif root == "scaffold":
            names = {alias.name for alias in node.names}
            yield from (n if (PACKAGE / f"{n}.py").exists() else root for n in names)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_imports_point_one_way(path: Path) -> None:
    name = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if name in {"__main__", "__init__"}:
        return
    for other in imported(path):
        assert other == name or layer(other) < layer(name), f"{name} imports {other}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_what_is_public_says_what_it_is(path: Path) -> None:
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
            if isinstance(node, ast.FunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                assert length <= 40, f"{path.stem}.{node.name}: {length} lines"
