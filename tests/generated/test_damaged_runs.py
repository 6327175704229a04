"""Damaged or hand-edited files of a run: every command ends well or in one line."""

import re
from pathlib import Path

import pytest
from conftest import make_project, run_python

DAMAGE = Path(__file__).with_name("damage.py")


def try_damages(folder: Path, every: int) -> None:
    """Try each `every`th damage of the run in a project, with each command."""
    done = run_python(DAMAGE, "x", str(every), folder=folder)
    assert done.code == 0, done.err
    found, tried = re.findall(r"^(\d+) of (\d+)$", done.out, re.MULTILINE)[-1]
    print(f"{found} tracebacks in {tried} commands")
    assert int(tried) > 20
    assert found == "0", done.out


@pytest.mark.slow
@pytest.mark.parametrize("feature", ["", "scale"])
@pytest.mark.parametrize("task", ["circle", "diabetes", "tabular", "breast-cancer"])
def test_every_damage_of_a_run_is_refused_in_one_line(
    task: str, feature: str, tmp_path: Path
) -> None:
    words = ["--task", task, *(["--with", feature] if feature else [])]
    folder = make_project(tmp_path, "x", ["--no-git", *words])
    train = ("-m", "x", "train", "--epochs", "2", "--device", "cpu")
    assert run_python(*train, folder=folder).code == 0
    try_damages(folder, 1)
