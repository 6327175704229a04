"""`scaffold update --abort` restores the state before an update."""

import errno
import shutil
from pathlib import Path

import pytest
from conftest import Done, read_all
from updates import NOTES, World, assert_rejected, commit, git, replace, status

from scaffold.update.apply import copied_files
from scaffold.update.exclusive import locked
from scaffold.update.repository import open_repository


def test_an_update_with_conflicts_can_be_undone(world: World) -> None:
    world.edit("line 3\n", "line 3, mine\n")
    world.improve("line 3\n", "line three\n")
    world.rings.write("docs/deep/more.md", "more\n")
    before = read_all(world.project / "docs")
    assert world.update().code == 4
    done = world.update("--abort")
    out = "Update undone; all its files are as they were before.\n"
    assert done == Done(0, out, "")
    assert status(world) == ""
    assert read_all(world.project / "docs") == before
    assert not (world.project / "docs" / "deep").exists()
    assert world.update("--abort").code == 1


def test_edits_after_the_update_are_kept_as_git_objects(world: World) -> None:
    world.edit("line 3\n", "line 3, mine\n")
    world.improve("line 3\n", "line three\n")
    assert world.update().code == 4
    (world.project / NOTES).write_text("an hour of work\n")
    done = world.update("--abort")
    assert done.code == 0
    blob = done.out.split("git cat-file -p ")[1].split()[0]
    assert git(world.project, "cat-file", "-p", blob) == "an hour of work\n"
    assert "line 3, mine\n" in world.notes()


def test_a_committed_update_cannot_be_undone(world: World) -> None:
    world.improve("line 3\n", "line three\n")
    assert world.update().code == 0
    commit(world.project)
    done = world.update("--abort")
    assert done.code == 1
    assert "git revert" in done.err
    assert "line three\n" in world.notes()


def test_a_pending_update_blocks_the_next_one(world: World) -> None:
    world.edit("line 3\n", "line 3, mine\n")
    world.improve("line 3\n", "line three\n")
    assert world.update().code == 4
    assert_rejected(
        world, "an uncommitted update is pending", "scaffold update --abort"
    )


def test_an_update_that_was_reset_is_not_pending(world: World) -> None:
    world.improve("line 3\n", "line three\n")
    assert world.update().code == 0
    git(world.project, "reset", "--quiet", "--hard")
    replace(world.project / "README.md", "# mine", "# My own")
    assert_rejected(world, "uncommitted changes: README.md")
    assert world.update("--abort").code == 1
    assert (world.project / "README.md").read_text().startswith("# My own")


def test_an_update_can_be_undone_after_an_unrelated_commit(world: World) -> None:
    world.improve("line 3\n", "line three\n")
    assert world.update().code == 0
    (world.project / "own.txt").write_text("own\n")
    git(world.project, "add", "own.txt")
    git(world.project, "commit", "--quiet", "--message", "own", "--", "own.txt")
    assert world.update("--abort").code == 0
    assert status(world) == ""
    assert (world.project / "own.txt").exists()


@pytest.mark.parametrize("ignored", [False, True], ids=["untracked", "ignored"])
def test_files_in_place_of_others_are_kept_and_the_rest_is_restored(
    world: World, ignored: bool
) -> None:
    world.edit("/runs/\n", "/runs/\n*.log\n", ".gitignore")
    world.rings.remove(NOTES)
    world.rings.write(f"{NOTES}/inner.md", "inner\n")
    world.rings.write("docs/more.md", "more\n")
    world.rings.release("0.2.0")
    assert world.update().code == 0
    own = world.project / NOTES / ("own.log" if ignored else "own.txt")
    own.write_text("own\n")
    done = world.update("--abort")
    assert done.code == 1, done.out
    assert f"cannot restore {NOTES}: your file {NOTES}/own" in done.err
    assert "all others are restored" in done.err
    assert own.read_text() == "own\n"
    assert not (own.parent / "inner.md").exists()
    assert not (world.project / "docs" / "more.md").exists()
    assert world.update().code == 1
    own.unlink()
    assert world.update("--abort").code == 0
    assert status(world) == ""


@pytest.mark.parametrize("path", ["__pycache__/a.pyc", "own.txt", "runs/own.log"])
@pytest.mark.parametrize("change", ["dropped", "added"])
def test_files_beside_those_of_an_update_do_not_block_its_undoing(
    world: World, change: str, path: str
) -> None:
    files = {f"docs/part/{name}": "text\n" for name in ("a.py", "runs/README")}
    if change == "dropped":
        for name, text in files.items():
            world.rings.write(name, text)
        assert world.update().code == 0
        commit(world.project)
        for name in files:
            world.rings.remove(name)
        world.rings.release("0.2.0")
    else:
        for name, text in files.items():
            world.rings.write(name, text)
        world.rings.release("0.2.0")
    before = read_all(world.project / "docs")
    assert world.update().code == 0
    own = world.project / "docs" / "part" / path
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text("own\n")
    assert world.update("--abort").code == 0
    assert read_all(world.project / "docs") == before | {f"part/{path}": b"own\n"}
    assert git(world.project, "status", "--porcelain", "-uno") == ""


def test_an_update_can_be_undone_after_git_reset(world: World) -> None:
    world.improve("line 3\n", "line three\n")
    world.rings.write("docs/deep/new.md", "new\n")
    before = read_all(world.project / "docs")
    assert world.update().code == 0
    git(world.project, "reset", "--quiet")
    assert world.update("--abort").code == 0
    assert status(world) == ""
    assert read_all(world.project / "docs") == before
    assert not (world.project / "docs" / "deep").exists()


@pytest.mark.parametrize("file_mode", ["true", "false"])
def test_permissions_are_restored(world: World, file_mode: str) -> None:
    git(world.project, "config", "core.fileMode", file_mode)
    (world.project / NOTES).chmod(0o750 if file_mode == "false" else 0o640)
    mode = (world.project / NOTES).stat().st_mode
    world.improve("line 3\n", "line three\n")
    (world.rings.overlay / NOTES).chmod(0o755)
    assert world.update().code == 0
    assert "line three\n" in world.notes()
    assert world.update("--abort").code == 0
    assert (world.project / NOTES).stat().st_mode == mode
    assert "line 3\n" in world.notes()
    assert status(world) == ""


def test_an_edited_file_that_became_a_symlink_is_restored(world: World) -> None:
    world.improve("line 3\n", "line three\n")
    assert world.update().code == 0
    (world.project / NOTES).unlink()
    (world.project / NOTES).symlink_to("elsewhere.md")
    done = world.update("--abort")
    assert f"{NOTES} had later edits" in done.out
    blob = done.out.split("git cat-file -p ")[1].split()[0]
    assert git(world.project, "cat-file", "-p", blob) == "elsewhere.md"
    assert "line 3\n" in world.notes()


@pytest.mark.parametrize("words", [(), ("--abort",)], ids=["update", "abort"])
def test_one_process_at_a_time_changes_a_project(
    world: World, words: tuple[str, ...]
) -> None:
    world.improve("line 3\n", "line three\n")
    if words:
        assert world.update().code == 0
    before = read_all(world.project)
    with locked(open_repository(world.project)):
        done = world.update(*words)
    assert done.code == 1
    assert "another scaffold process is changing the project" in done.err
    assert read_all(world.project) == before
    assert world.update(*words).code == 0


def test_undoing_follows_no_symlink_out_of_the_project(world: World) -> None:
    world.rings.write("docs/more.md", "more\n")
    world.rings.release("0.2.0")
    assert world.update().code == 0
    (world.project / "docs").rename(world.project.parent / "outside")
    (world.project / "docs").symlink_to("../outside")
    done = world.update("--abort")
    assert done.code == 1
    assert "docs is in its place" in done.err
    assert (world.project.parent / "outside" / "more.md").exists()


def test_abort_excludes_other_options(world: World) -> None:
    assert world.update("--abort", "--dry-run").code == 2


def test_status_reports_a_pending_update(world: World) -> None:
    world.improve("line 3\n", "line three\n")
    assert world.update().code == 0
    done = world.run("status")
    assert done.code == 0
    assert "An uncommitted update is pending" in done.out
    commit(world.project)
    assert "waits" not in world.run("status").out


def test_a_table_that_could_not_be_copied_completely_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "t.csv"
    table.write_text("a,b\n1,2\n")

    def copy_a_part(source: Path, target: Path) -> None:
        target.write_bytes(source.read_bytes()[:3])
        raise OSError(errno.ENOSPC, "No space left on device")

    files = {"data/t.csv": table}
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copyfile", copy_a_part)
        with pytest.raises(OSError), copied_files(tmp_path, files):
            pytest.fail("an update continued without its table")
    assert not list((tmp_path / "data").iterdir())
    with copied_files(tmp_path, files):
        assert (tmp_path / "data" / "t.csv").read_bytes() == table.read_bytes()
