"""Helpers for tests of updates: a task with versions, and a project of it."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from conftest import Done, read_all

from scaffold.catalog.plugins import find_task

Scaffold = Callable[..., Done]

PACKAGE = "{{ package }}"
NOTES = "docs/notes.md"
QUESTION = """[questions.model]
type = "str"
help = "Architecture of the model"
choices = { "relu: with activation functions" = "relu", "linear: without" = "linear" }
default = "relu"

"""
CONSTANT = """

# {% if model == "relu" %}
NAME = "BentLayers"
# {% else %}
NAME = "StraightLayers"
# {% endif %}
"""
TEXT = "".join(f"line {number}\n" for number in range(1, 21))


def git(folder: Path, *words: str) -> str:
    """Run Git in a folder, and return its output."""
    done = subprocess.run(
        ["git", *words], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout


def run_copier(folder: Path, *words: str) -> Done:
    """Run Copier, without scaffold, in a project."""
    command = [sys.executable, "-m", "copier", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    return Done(done.returncode, done.stdout, done.stderr)


def commit(folder: Path) -> None:
    """Commit all files in a folder."""
    git(folder, "add", "--all", ".")
    git(folder, "commit", "--quiet", "--message", "mine")


def replace(path: Path, old: str, new: str) -> None:
    """Replace a text that must be in a file."""
    text = path.read_text()
    assert old in text, path
    path.write_text(text.replace(old, new, 1))


class Rings(NamedTuple):
    """The task `rings`, a copy of circle, of which tests make new versions."""

    folder: Path

    @property
    def overlay(self) -> Path:
        return self.folder / "project"

    def release(self, version: str) -> None:
        """Set the version."""
        old = (self.folder / "plugin.toml").read_text().split('version = "')[1]
        old = old.partition('"')[0]
        replace(self.folder / "plugin.toml", f'"{old}"', f'"{version}"')

    def write(self, path: str, data: str | bytes) -> Path:
        """Write a file of the overlay, and its line in [files]."""
        target = self.overlay / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data.encode() if isinstance(data, str) else data)
        toml = self.folder / "plugin.toml"
        if f'"{path}" =' not in toml.read_text():
            replace(toml, "[files]\n", f'[files]\n"{path}" = "a file"\n')
        return target

    def remove(self, path: str) -> None:
        """Remove a file of the overlay."""
        (self.overlay / path).unlink()
        replace(self.folder / "plugin.toml", f'"{path}" = "a file"\n', "")


def make_rings(home: Path) -> Rings:
    """Write version 0.1.0 of the task `rings` into a folder.

    It is circle with a question, of which a constant in model.py depends, and notes.
    """
    folder = home / "rings"
    shutil.copytree(find_task("circle").folder, folder)
    replace(folder / "plugin.toml", 'name = "circle"', 'name = "rings"')
    replace(folder / "plugin.toml", 'version = "0.2.0"', 'version = "0.1.0"')
    replace(folder / "plugin.toml", "[files]\n", f"{QUESTION}[files]\n")
    rings = Rings(folder)
    with (rings.overlay / PACKAGE / "model.py").open("a") as file:
        file.write(CONSTANT)
    rings.write(NOTES, TEXT)
    return rings


class World(NamedTuple):
    """A task, a project of it, and the command line with the task."""

    rings: Rings
    project: Path
    scaffold: Callable[..., Done]

    def run(self, command: str, *words: str | Path) -> Done:
        """Run a command of scaffold on the project."""
        known = ("--plugin", self.rings.folder) if command != "diff" else ()
        return self.scaffold(command, self.project, *known, *words)

    def update(self, *words: str | Path) -> Done:
        return self.run("update", *words)

    def notes(self) -> str:
        return (self.project / NOTES).read_text()

    def edit(self, old: str, new: str, path: str = NOTES) -> None:
        """Edit a file of the project as the user, and commit it."""
        replace(self.project / path, old, new)
        commit(self.project)

    def improve(self, old: str, new: str, path: str = NOTES) -> None:
        """Release version 0.2.0 of the task, with a change to a file."""
        replace(self.rings.overlay / path, old, new)
        self.rings.release("0.2.0")

    def rows(self, done: Done) -> dict[str, str]:
        """Return kind and note of each file in a plan."""
        rows = {}
        for line in done.out.splitlines():
            kind, _, rest = line.strip().partition(" ")
            if line.startswith("  ") and kind in KINDS:
                path, _, note = rest.strip().partition(" ")
                rows[path] = f"{kind} {note.strip()}".strip()
        return rows


KINDS = ("new", "updated", "merged", "conflict", "removed", "kept", "skipped")


@pytest.fixture(scope="session")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the task `rings` 0.1.0; projects are copied from there."""
    home = tmp_path_factory.mktemp("pattern")
    make_rings(home)
    return home


@pytest.fixture
def world(pattern: Path, tmp_path: Path, scaffold: Scaffold) -> World:
    """Return a project of the task `rings` 0.1.0, committed and not yet edited."""
    made = pattern / "mine"
    rings = make_rings(tmp_path)
    if not made.exists():
        words = ("--task", "rings", "--defaults", "--plugin", rings.folder)
        done = scaffold("new", made, *words)
        assert done.code == 0, done.err
    shutil.copytree(made, tmp_path / "mine", symlinks=True)
    return World(rings, tmp_path / "mine", scaffold)


def status(world: World) -> str:
    return git(world.project, "status", "--porcelain", ".")


def assert_rejected(world: World, *messages: str) -> None:
    """Assert that an update is rejected with one line, and that nothing has changed."""
    before = read_all(world.project)
    done = world.update()
    assert done.code == 1
    for message in messages:
        assert message in done.err
    assert done.err.count("\n") == 1
    assert read_all(world.project) == before


def around(world: World) -> Path:
    """Move the project to a folder of a larger repository."""
    shutil.rmtree(world.project / ".git")
    above = world.project.parent
    (above / "elsewhere.txt").write_text("not of the project\n")
    (above / ".gitignore").write_text("/rings/\n*.log\n")
    git(above, "init", "--quiet")
    commit(above)
    return above
