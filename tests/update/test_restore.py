"""`scaffold restore` gives back files as the template has them."""

import json
import os
import shutil
from pathlib import Path

import pytest
from conftest import read_all
from updates import NOTES, TEXT, World, commit, git

MODEL = "mine/model.py"


def test_a_deleted_and_an_edited_file_are_given_back(world: World) -> None:
    (world.project / NOTES).unlink()
    world.edit("import torch", "import torch  # mine", "mine/train.py")
    files = [world.project / NOTES, world.project / "mine" / "train.py"]
    done = world.scaffold("restore", *files)
    assert done.code == 0, done.err
    assert world.notes() == TEXT
    assert "# mine" not in files[1].read_text()
    undo = done.out.split("Undo: ")[1].strip()
    assert undo == f"git -C {world.project} checkout HEAD -- mine/train.py"
    git(world.project, *undo.split()[3:])
    assert "# mine" in files[1].read_text()


def test_a_folder_is_given_back_and_own_files_in_it_stay(world: World) -> None:
    wanted = read_all(world.project / "tests")
    for path in (world.project / "tests").glob("test_*.py"):
        path.write_text("def test_nothing():\n    pass\n")
    (world.project / "tests" / "test_own.py").write_text("mine\n")
    commit(world.project)
    assert world.scaffold("restore", world.project / "tests").code == 0
    found = read_all(world.project / "tests")
    assert found.pop("test_own.py") == b"mine\n"
    assert found == wanted


def test_a_file_of_this_version_is_given_back_after_an_update(world: World) -> None:
    world.improve("line 3\n", "line three\n")
    assert world.update().code == 0
    commit(world.project)
    world.edit("line 18\n", "line 18, mine\n")
    assert world.scaffold("restore", world.project / NOTES).code == 0
    assert world.notes() == TEXT.replace("line 3\n", "line three\n")


@pytest.mark.parametrize("how", ["edited", "staged", "without Git"])
def test_what_is_not_committed_is_only_replaced_by_force(
    world: World, how: str
) -> None:
    if how == "without Git":
        shutil.rmtree(world.project / ".git")
    (world.project / NOTES).write_text("mine\n")
    if how == "staged":
        git(world.project, "add", NOTES)
    done = world.scaffold("restore", world.project / NOTES)
    assert done.code == 1
    assert f"{NOTES} has changes that are not committed" in done.err
    assert world.notes() == "mine\n"
    done = world.scaffold("restore", world.project / NOTES, "--force")
    assert done.code == 0
    assert "Undo" not in done.out
    assert world.notes() == TEXT


def test_a_dry_run_shows_the_diff_and_changes_nothing(world: World) -> None:
    world.edit("line 3\n", "line 3, mine\n")
    before = read_all(world.project)
    done = world.scaffold("restore", world.project / NOTES, "--dry-run")
    assert "-line 3, mine\n+line 3\n" in done.out
    assert read_all(world.project) == before
    found = json.loads(world.scaffold("restore", world.project / NOTES, "--json").out)
    assert found["restored"] == [NOTES]
    done = world.scaffold("restore", world.project / NOTES)
    assert done.out == "No change: as the template has it.\n"


def test_line_ends_and_permissions_stay(world: World) -> None:
    path = world.project / NOTES
    path.write_bytes(TEXT.replace("\n", "\r\n").replace("line 3", "mine").encode())
    path.chmod(0o755)
    assert world.scaffold("restore", path, "--force").code == 0
    assert path.read_bytes() == TEXT.replace("\n", "\r\n").encode()
    assert os.access(path, os.X_OK)


@pytest.mark.parametrize(
    ("name", "code", "message"),
    [
        ("mine/modle.py", 2, "is not a file of the template; did you mean 'mine/model"),
        ("../alone.py", 1, "is not in a scaffold project"),
        ("docs/notes.md", 1, "your file docs is in its place"),
    ],
)
def test_what_cannot_be_restored_is_an_error_in_one_line(
    world: World, name: str, code: int, message: str
) -> None:
    (world.project / "docs").rename(world.project / "texts")
    (world.project / "docs").symlink_to("texts")
    (world.project / "texts" / "notes.md").unlink()
    commit(world.project)
    before = read_all(world.project)
    done = world.scaffold("restore", world.project / name)
    assert done.code == code
    assert message in done.err
    assert done.err.count("\n") == 1
    assert read_all(world.project) == before


def test_a_relative_path_starts_at_the_working_directory(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = (world.project / MODEL).read_text()
    world.edit("import", "import  ", MODEL)
    monkeypatch.chdir(world.project / "mine")
    assert world.scaffold("restore", Path("model.py")).code == 0
    assert (world.project / MODEL).read_text() == wanted
