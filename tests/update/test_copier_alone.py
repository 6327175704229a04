"""In an environment with Copier alone, projects get new versions."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from updates import NOTES, Rings, World, commit, git, replace

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python of an environment without scaffold and torch."""
    folder = tmp_path_factory.mktemp("alone") / "venv"
    make = [sys.executable, "-m", "venv", str(folder)]
    subprocess.run(make, check=True)
    found = folder / "bin" / "python"
    install = ["-m", "pip", "install", "--quiet", "--constraint"]
    run(found, folder, *install, str(ROOT / "constraints.txt"), "copier>=9.17.2")
    for name in ("scaffold", "torch"):
        check = f"import importlib.util as u; assert u.find_spec({name!r}) is None"
        run(found, folder, "-c", check)
    return found


def run(python: Path, folder: Path, *words: str) -> None:
    """Run the Python of the environment in a folder."""
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    command = [str(python), *words]
    done = subprocess.run(command, cwd=folder, env=kept, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def improve(rings: Rings, number: int) -> None:
    """Release a version that changes one line of the notes."""
    replace(rings.overlay / NOTES, f"line {number}\n", f"new {number}\n")
    rings.release(f"0.{number}.0")


@pytest.mark.slow
def test_a_project_is_updated_from_its_bundle(world: World, python: Path) -> None:
    world.edit("line 18\n", "line 18, mine\n")
    improve(world.rings, 3)
    assert world.update("--template-only").code == 0
    commit(world.project)
    run(python, world.project, "-m", "copier", "update", "--defaults")
    assert "new 3\n" in world.notes()
    assert "line 18, mine\n" in world.notes()
    commit(world.project)
    assert world.run("status").code == 0


@pytest.mark.slow
def test_a_project_is_updated_over_three_tags(
    world: World, python: Path, tmp_path: Path
) -> None:
    repository, project = tmp_path / "template", tmp_path / "copied"

    def export() -> None:
        words = ("--task", "rings", "--plugin", world.rings.folder)
        assert world.scaffold("template", "export", repository, *words).code == 0

    def copier(folder: Path, *words: str) -> None:
        run(python, folder, "-m", "copier", *words)

    export()
    data = ("--defaults", "--data", "model=linear", "--data", "project_name=copied")
    copier(tmp_path, "copy", *data, str(repository), "copied")
    git(project, "init", "--quiet")
    replace(project / NOTES, "line 18\n", "line 18, mine\n")
    commit(project)
    for number in (3, 5, 7):
        improve(world.rings, number)
        export()
        copier(project, "update", "--defaults")
        commit(project)
        assert f"new {number}\n" in (project / NOTES).read_text()
        assert world.scaffold("status", project).code == 0
    assert len(git(repository, "tag").split()) == 4
    assert "line 18, mine\n" in (project / NOTES).read_text()
    assert "model: linear\n" in (project / ".copier-answers.yml").read_text()
