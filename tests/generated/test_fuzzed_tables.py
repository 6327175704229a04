"""Random tables, whose values are known, are read as what was written, or refused."""

from pathlib import Path

import pytest
from warm import run_module

from scaffold.catalog.plugins import find_task
from scaffold.compose.recipe import Recipe
from scaffold.project.create import render_project, write_tree


def check_tables(folder: Path, count: int) -> None:
    """Read random tables with a project, and preprocess them."""
    tree = render_project(Recipe((find_task("tabular"),)), {"project_name": "x"}).files
    write_tree(tree, folder)
    words = ["fuzz_tables", "x", "0", str(count)]
    code, out, err = run_module(words, folder, Path(__file__).parent)
    assert code == 0, err
    assert out == f"0 of {count}\n"


def test_random_tables_are_read_as_they_were_written_or_refused(tmp_path: Path) -> None:
    check_tables(tmp_path, 40)


@pytest.mark.slow
def test_twenty_thousand_random_tables(tmp_path: Path) -> None:
    check_tables(tmp_path, 20_000)
