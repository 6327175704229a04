"""Imports of features are where isort would put them."""

import subprocess
import sys
from pathlib import Path

import pytest

from scaffold.compose.imports import insert_imports
from scaffold.errors import PluginError

MODULE = '''"""A module."""

import csv
from math import isfinite
from pathlib import Path

import torch
from tqdm import tqdm

from . import checkpoint
from .config import Config
from .train import (
    METRIC,
    train,
)

print(csv, isfinite, Path, torch, tqdm, checkpoint, Config, METRIC, train)
'''
STATEMENTS = [
    "from __future__ import annotations",
    "import abc",
    "import zlib",
    "from ast import parse",
    "from zlib import adler32",
    "import numpy",
    "import xarray as xr",
    "from torch.nn import Module",
    "from .. import above",
    "from .alpha import a",
    "from .zeta import z",
    "import torch",
]


def ruff_sorts(text: str, folder: Path) -> str:
    """Return a module as ruff sorts its imports."""
    (folder / "module.py").write_text(text)
    words = "-m ruff check --no-cache --isolated --select I --fix --quiet module.py"
    subprocess.run([sys.executable, *words.split()], cwd=folder, check=True)
    return (folder / "module.py").read_text()


@pytest.mark.parametrize("statements", [[s] for s in STATEMENTS] + [STATEMENTS])
@pytest.mark.parametrize(
    "module",
    [MODULE, '"""Doc."""\n\nX = 1\n', '"""Doc."""\n\nfrom .c import d\n\nX = d\n'],
)
def test_each_import_is_at_its_sorted_place(
    module: str, statements: list[str], tmp_path: Path
) -> None:
    text = insert_imports("module.py", module, statements)
    assert ruff_sorts(text, tmp_path) == text
    assert [line for line in text.splitlines() if line not in statements and line] == [
        line for line in module.splitlines() if line not in statements and line
    ]


def test_imports_of_the_project_follow_other_packages_in_tests() -> None:
    text = insert_imports(
        "t.py", "import torch\n\nX = 1\n", ["from package.x import y"]
    )
    assert text == "import torch\n\nfrom package.x import y\n\nX = 1\n"


def test_an_import_stays_out_of_a_jinja_block_and_above_comments() -> None:
    module = """import os

# {% if validation %}
from .beta import b
# {% else %}
from .gamma import c
# {% endif %}
# why: a comment belongs to the import below it
from .omega import o
"""
    for name, line in (("alpha", 2), ("delta", 2), ("kappa", 7), ("pi", 9)):
        statement = f"from .{name} import x"
        lines = insert_imports("m.py", module, [statement]).splitlines()
        if name == "pi":
            assert lines[-1] == statement
        else:
            assert lines[line] == statement


def test_a_conditional_import_is_not_taken_for_an_unconditional_one() -> None:
    module = "# {% if validation %}\nimport os\n# {% endif %}\nX = 1\n"
    with pytest.raises(PluginError, match="import os"):
        insert_imports("m.py", module, ["import os"])


def test_a_file_that_is_not_python_is_named() -> None:
    with pytest.raises(PluginError, match=r"m\.py, line 1"):
        insert_imports("m.py", "def\n", ["import os"])
