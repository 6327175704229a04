"""`scaffold update` merges new versions, keeps edits, and can be undone."""

import json
import os
import re
import shutil
from pathlib import Path

import pytest
from conftest import Done, read_all
from updates import (
    NOTES,
    PACKAGE,
    World,
    around,
    assert_rejected,
    commit,
    git,
    replace,
    run_copier,
    status,
)

from scaffold import __version__
from scaffold.project.bundle import BUNDLE

ANSWERS = ".copier-answers.yml"


# what comes in, and what stays


def test_a_new_project_is_up_to_date(world: World) -> None:
    assert world.run("status").code == 0
    done = world.update()
    assert done == Done(0, "Up to date.\n", "")
    assert status(world) == ""


def test_an_update_merges_a_new_version(world: World) -> None:
    world.improve("line 3\n", "line three\n")
    assert world.run("status").code == 3
    done = world.update()
    assert done.code == 0, done.err
    assert "rings 0.1.0 -> 0.2.0" in done.out
    assert world.rows(done)[NOTES] == "updated"
    assert "line three\n" in world.notes()
    assert world.run("status").code == 0


def test_an_unedited_project_becomes_what_new_would_write(world: World) -> None:
    world.improve("line 3\n", "line three\n")
    world.rings.write("docs/more.md", "more\n")
    assert world.update().code == 0
    commit(world.project)
    fresh = world.project.parent / "fresh" / "mine"
    known = ("--plugin", world.rings.folder, "--defaults", "--no-git")
    assert world.scaffold("new", fresh, "--task", "rings", *known).code == 0
    shutil.rmtree(world.project / ".git")
    assert read_all(world.project) == read_all(fresh)


def test_a_second_update_does_nothing(world: World) -> None:
    world.improve("line 3\n", "line three\n")
    world.edit("line 18\n", "line 18, mine\n")
    assert world.update().code == 0
    commit(world.project)
    assert world.update().out.startswith("Up to date")
    assert status(world) == ""


def test_plain_copier_has_nothing_to_do_after_an_update(world: World) -> None:
    world.improve("line 3\n", "line three\n")
    world.edit("line 18\n", "line 18, mine\n")
    assert world.update().code == 0
    commit(world.project)
    for command in ("check-update", "update --defaults"):
        done = run_copier(world.project, *command.split())
        assert done.code == 0, done.err
        assert status(world) == ""


def test_edits_are_merged_with_the_update(world: World) -> None:
    world.edit("line 18\n", "line 18, mine\n")
    world.improve("line 3\n", "line three\n")
    done = world.update()
    assert done.code == 0
    assert world.rows(done)[NOTES] == "merged with your edits"
    assert "line three\n" in world.notes()
    assert "line 18, mine\n" in world.notes()


def test_a_conflict_has_markers_and_is_unmerged_in_the_index(world: World) -> None:
    world.edit("line 3\n", "line 3, mine\n")
    world.improve("line 3\n", "line three\n")
    done = world.update()
    assert done.code == 4
    assert world.rows(done)[NOTES] == "conflict 1 conflict"
    assert f"git -C {world.project} add FILE" in done.out
    assert f"scaffold update {world.project} --abort" in done.out
    notes = world.notes()
    assert "<<<<<<< your edits\nline 3, mine\n=======\nline three\n>>>>>>>" in notes
    assert f"UU {NOTES}" in status(world)
    stages = git(world.project, "ls-files", "--unmerged", NOTES)
    assert [line.split()[2] for line in stages.splitlines()] == ["1", "2", "3"]
    assert "line 3, mine\n" in git(world.project, "show", f":2:{NOTES}")
    assert "line three\n" in git(world.project, "show", f":3:{NOTES}")


def test_a_resolved_conflict_does_not_block_the_next_update(world: World) -> None:
    world.edit("line 3\n", "line 3, mine\n")
    world.improve("line 3\n", "line three\n")
    assert world.update().code == 4
    git(world.project, "checkout", "--ours", NOTES)
    commit(world.project)
    assert world.update().out.startswith("Up to date")
    replace(world.rings.overlay / NOTES, "line 18\n", "line eighteen\n")
    world.rings.release("0.3.0")
    assert world.update().code == 0
    assert "line 3, mine\n" in world.notes()
    assert "line eighteen\n" in world.notes()


def test_a_dry_run_shows_everything_and_changes_nothing(world: World) -> None:
    world.edit("line 3\n", "line 3, mine\n")
    world.improve("line 3\n", "line three\n")
    before = read_all(world.project)
    done = world.update("--dry-run")
    assert done.code == 4
    assert world.rows(done)[NOTES] == "conflict 1 conflict"
    assert "+line three" in done.out
    assert read_all(world.project) == before


def test_the_diff_of_a_dry_run_can_be_applied(world: World) -> None:
    world.improve("line 3\n", "line three\n")
    world.rings.write("docs/more.sh", "more\n").chmod(0o755)
    patch = json.loads(world.update("--dry-run", "--json").out)["diff"]
    text = re.sub(r"diff --git a/.scaffold.*?(?=diff --git)", "", patch, flags=re.S)
    (world.project.parent / "plan.patch").write_text(text)
    git(world.project, "apply", str(world.project.parent / "plan.patch"))
    assert "line three\n" in world.notes()
    assert os.access(world.project / "docs" / "more.sh", os.X_OK)


def test_json_has_the_same_information_as_the_text(world: World) -> None:
    world.edit("line 3\n", "line 3, mine\n")
    world.improve("line 3\n", "line three\n")
    found = json.loads(world.update("--json").out)
    assert found["before"] == {"torch-scaffold": __version__, "rings": "0.1.0"}
    assert found["after"]["rings"] == "0.2.0"
    assert found["conflicts"] == [NOTES]
    assert {"path": NOTES, "kind": "conflict", "note": "1 conflict"} in found["changes"]
    assert found["written"] is True
    current = json.loads(world.run("status", "--json").out)
    assert current["current"] is True


def test_the_changelog_between_the_versions_is_shown(world: World) -> None:
    headings = "# Changes\n\n## 0.3.0\n\n- later\n\n## [0.2.0] - 2026-01-01\n\n"
    text = headings + "- Points are rounder.\n\n## 0.1.0\n\n- first\n"
    (world.rings.folder / "CHANGELOG.md").write_text(text)
    world.improve("line 3\n", "line three\n")
    out = world.update("--dry-run").out
    assert "rings 0.2.0\n  - Points are rounder.\n" in out
    assert "later" not in out
    assert "- first" not in out


# files that come, go, and are no text


def test_new_files_are_added_and_removed_ones_deleted(world: World) -> None:
    world.rings.remove(NOTES)
    world.rings.write("docs/more.md", "more\n").chmod(0o755)
    world.rings.release("0.2.0")
    rows = world.rows(world.update())
    assert rows[NOTES] == "removed removed from the template"
    assert rows["docs/more.md"] == "new"
    assert not (world.project / NOTES).exists()
    assert os.access(world.project / "docs" / "more.md", os.X_OK)


def test_a_removed_file_that_was_edited_is_kept(world: World) -> None:
    world.edit("line 3\n", "line 3, mine\n")
    world.rings.remove(NOTES)
    world.rings.release("0.2.0")
    assert world.rows(world.update())[NOTES].startswith("kept")
    assert "line 3, mine\n" in world.notes()


def test_a_file_that_the_user_deleted_stays_so(world: World) -> None:
    (world.project / NOTES).unlink()
    commit(world.project)
    world.improve("line 3\n", "line three\n")
    assert world.rows(world.update())[NOTES].startswith("skipped")
    assert not (world.project / NOTES).exists()


def test_a_file_that_both_sides_added_is_a_conflict(world: World) -> None:
    (world.project / "docs" / "more.md").write_text("mine\n")
    commit(world.project)
    world.rings.write("docs/more.md", "theirs\n")
    world.rings.release("0.2.0")
    done = world.update()
    assert done.code == 4
    assert world.rows(done)["docs/more.md"].startswith("conflict")
    text = (world.project / "docs" / "more.md").read_text()
    assert "mine\n" in text
    assert "theirs\n" in text


def test_a_binary_file_that_both_sides_changed_is_a_conflict_and_is_kept(
    world: World,
) -> None:
    world.rings.write("docs/a.png", b"\x89\0one")
    assert world.update().code == 0
    (world.project / "docs" / "a.png").write_bytes(b"\x89\0mine")
    commit(world.project)
    world.rings.write("docs/a.png", b"\x89\0two")
    done = world.update()
    assert done.code == 4
    assert world.rows(done)["docs/a.png"].startswith("conflict not a text file")
    assert (world.project / "docs" / "a.png").read_bytes() == b"\x89\0mine"
    git(world.project, "checkout", "--theirs", "docs/a.png")
    assert (world.project / "docs" / "a.png").read_bytes() == b"\x89\0two"


def test_the_executable_bit_is_merged(world: World) -> None:
    (world.project / NOTES).chmod(0o755)
    commit(world.project)
    world.improve("line 3\n", "line three\n")
    assert world.update().code == 0
    assert os.access(world.project / NOTES, os.X_OK)
    assert "line three\n" in world.notes()


def test_a_symlink_in_place_of_a_file_is_kept_as_a_conflict(world: World) -> None:
    (world.project / NOTES).unlink()
    (world.project / NOTES).symlink_to("../README.md")
    commit(world.project)
    world.improve("line 3\n", "line three\n")
    done = world.update()
    assert done.code == 4
    assert (world.project / NOTES).is_symlink()
    assert world.update("--abort").code == 0
    assert status(world) == ""


def test_crlf_line_endings_are_kept(world: World) -> None:
    git(world.project, "config", "core.autocrlf", "false")
    (world.project / ".gitattributes").write_text("* -text\n")
    text = world.notes().replace("line 18\n", "line 18, mine\n").replace("\n", "\r\n")
    (world.project / NOTES).write_bytes(text.encode())
    commit(world.project)
    world.improve("line 3\n", "line three\n")
    assert world.update().code == 0
    data = (world.project / NOTES).read_bytes()
    assert b"line three\r\n" in data
    assert b"line 18, mine\r\n" in data
    assert data.count(b"\r\n") == data.count(b"\n")


def test_a_checkout_with_crlf_line_endings_is_updated(world: World) -> None:
    git(world.project, "config", "core.autocrlf", "true")
    (world.project / NOTES).unlink()
    git(world.project, "checkout", "--", NOTES)
    assert b"\r\n" in (world.project / NOTES).read_bytes()
    world.improve("line 3\n", "line three\n")
    assert world.update().code == 0
    assert b"line three\r\n" in (world.project / NOTES).read_bytes()


# answers


def test_an_answer_can_be_changed_later(world: World) -> None:
    done = world.update("--set", "model=linear")
    assert done.code == 0, done.err
    assert "StraightLayers" in (world.project / "mine" / "model.py").read_text()
    assert "model: linear\n" in (world.project / ANSWERS).read_text()
    commit(world.project)
    assert world.update("--set", "model=linear").out.startswith("Up to date")
    assert world.run("status").code == 0


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("model=cubic", "invalid choice 'cubic'"),
        ("modell=relu", "did you mean 'model'"),
        ("comments=loud", "invalid choice 'loud' (choose from lesson, brief)"),
        ("package=x", "computed from other answers"),
    ],
)
def test_an_invalid_answer_is_a_usage_error(
    world: World, setting: str, message: str
) -> None:
    done = world.update("--set", setting)
    assert done.code == 2
    assert message in done.err
    assert status(world) == ""


def test_the_comment_level_can_be_changed_in_edited_code(world: World) -> None:
    model = world.project / "mine" / "model.py"
    assert "# why:" in model.read_text()
    edit = "self.layers = nn.Sequential(  # mine"
    world.edit("self.layers = nn.Sequential(", edit, "mine/model.py")
    lesson = read_all(world.project / "mine")
    assert world.update("--set", "comments=brief").code == 0
    assert "# why:" not in model.read_text()
    assert edit in model.read_text()
    commit(world.project)
    assert world.update("--set", "comments=lesson").code == 0
    assert read_all(world.project / "mine") == lesson


def test_reworded_comments_reach_edited_code_without_a_conflict(world: World) -> None:
    old = "# why: ReLU is a non-linear activation function."
    path = f"{PACKAGE}/model.py"
    world.edit("self.layers = nn.S", "self.layers = nn.modules.S", "mine/model.py")
    world.improve(old, "# why: without ReLU all is straight.", path)
    done = world.update()
    assert done.code == 0
    text = (world.project / "mine" / "model.py").read_text()
    assert "# why: without ReLU all is straight." in text
    assert "self.layers = nn.modules.S" in text
    assert old not in text


@pytest.mark.parametrize("how", ["dropped", "reworded"])
def test_comments_that_the_user_removed_or_reworded_are_not_restored(
    world: World, how: str
) -> None:
    model = world.project / "mine" / "model.py"
    lines = model.read_text().splitlines(keepends=True)
    first = next(n for n, line in enumerate(lines) if "# why: ReLU is a" in line)
    lines[first : first + 2] = [] if how == "dropped" else ["        # why: mine\n"]
    model.write_text("".join(lines))
    commit(world.project)
    old = "# why: ReLU is a non-linear activation function."
    world.improve(old, "# why: without ReLU all is straight.", f"{PACKAGE}/model.py")
    assert world.update().code == 0
    assert "without ReLU" not in model.read_text()
    assert ("# why: mine" in model.read_text()) == (how == "reworded")


def test_a_renamed_question_keeps_its_answer(world: World) -> None:
    assert world.update("--set", "model=linear").code == 0
    commit(world.project)
    toml = world.rings.folder / "plugin.toml"
    text = toml.read_text().replace(
        "[questions.model]", "[questions.layers]\nrenamed_from = ['model']"
    )
    text = text.replace('model == "linear"', 'layers == "linear"')
    toml.write_text(
        text.replace('when = { model = "relu" }', 'when = { layers = "relu" }')
    )
    path = world.rings.overlay / PACKAGE / "model.py"
    path.write_text(
        path.read_text().replace('if model == "relu"', 'if layers == "relu"')
    )
    world.rings.release("0.2.0")
    done = world.update()
    assert done.code == 0, done.err
    assert "question model was renamed to layers; your answer is kept" in done.out
    assert "layers: linear\n" in (world.project / ANSWERS).read_text()
    assert "StraightLayers" in (world.project / "mine" / "model.py").read_text()


def test_new_and_removed_questions_are_reported(world: World) -> None:
    toml = world.rings.folder / "plugin.toml"
    asked = '[questions.colour]\ntype = "str"\ndefault = "red"\nhelp = "Its colour"\n\n'
    replace(toml, "[questions.model]", asked + "[questions.model]")
    world.rings.release("0.2.0")
    done = world.update()
    assert (
        "new question colour: default 'red'; change it with scaffold update" in done.out
    )
    commit(world.project)
    replace(toml, asked, "")
    world.rings.release("0.3.0")
    assert (
        "question colour was removed, and your answer 'red' with it"
        in world.update().out
    )


def test_an_answer_that_is_no_longer_a_choice_is_an_error(world: World) -> None:
    assert world.update("--set", "model=linear").code == 0
    commit(world.project)
    replace(
        world.rings.folder / "plugin.toml",
        ', "linear: without" = "linear"',
        "",
    )
    world.rings.release("0.2.0")
    done = world.update()
    assert done.code == 1
    assert "model: invalid choice 'linear' (choose from relu" in done.err
    assert "scaffold update --set KEY=VALUE" in done.err
    assert status(world) == ""
    assert world.update("--set", "model=relu").code == 0


def test_an_answer_that_the_project_was_not_generated_with_is_an_error(
    world: World,
) -> None:
    world.edit("model: relu", "model: cubic", ANSWERS)
    for words in ((), ("--set", "model=relu")):
        done = world.update(*words)
        if not words:
            assert done.code == 1
            assert "restore the answer that the project was generated with" in done.err


def test_a_project_cannot_be_renamed(world: World) -> None:
    done = world.update("--set", "project_name=other")
    assert done.code == 2
    assert "a project cannot be renamed" in done.err


def test_manually_edited_answers_lose_nothing(world: World) -> None:
    world.edit("model: relu", "model: linear", ANSWERS)
    world.improve("line 3\n", "line three\n")
    assert world.update().code == 0
    assert "BentLayers" in (world.project / "mine" / "model.py").read_text()
    assert "line three\n" in world.notes()


# where a plugin is missing, and what is older or newer


def test_a_missing_plugin_folder_is_an_error(world: World) -> None:
    done = world.scaffold("update", world.project)
    assert done.code == 1
    assert "rings 0.1.0 is not installed; name its folder with --plugin DIR" in done.err


def test_an_invalid_plugin_is_an_error_with_the_reason(world: World) -> None:
    replace(world.rings.folder / "plugin.toml", 'kind = "task"', "kind = [")
    done = world.update()
    assert done.code == 1
    assert "plugin.toml" in done.err
    assert "Invalid" in done.err


def test_an_older_plugin_is_rejected(world: World) -> None:
    world.rings.release("0.0.9")
    for command in ("status", "update"):
        done = world.run(command)
        assert done.code == 1
        assert "rings 0.0.9 is older than 0.1.0" in done.err


def test_a_renamed_plugin_is_found(world: World) -> None:
    replace(
        world.rings.folder / "plugin.toml",
        'name = "rings"',
        'name = "hoops"\nrenamed_from = ["rings"]',
    )
    world.rings.release("0.2.0")
    done = world.update()
    assert done.code == 0, done.err
    assert "+ hoops 0.2.0, - rings 0.1.0" in done.out
    assert json.loads(world.run("status", "--json").out)["task"] == "hoops"


def test_a_project_of_a_newer_scaffold_is_rejected(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (
        "compose.recipe",
        "compose.fills",
        "catalog.plugins",
        "project.bundle",
    ):
        monkeypatch.setattr(f"scaffold.{module}.__version__", "0.2.9")
    words = ("--task", "circle", "--defaults")
    assert world.scaffold("new", world.project.parent / "newer", *words).code == 0
    monkeypatch.undo()
    done = world.scaffold("update", world.project.parent / "newer")
    assert done.code == 1
    assert "generated with torch-scaffold 0.2.9" in done.err
    assert "pip install --upgrade 'torch-scaffold>=0.2.9'" in done.err


def install(world: World, site: Path, version: str) -> None:
    """Install a version of the task like pip."""
    for old in site.iterdir():
        shutil.rmtree(old)
    world.rings.release(version)
    shutil.copytree(world.rings.folder, site / "scaffold_rings")
    info = site / f"scaffold_rings-{version}.dist-info"
    info.mkdir()
    points = "[scaffold.plugins]\nrings = scaffold_rings\n"
    (info / "entry_points.txt").write_text(points)


def test_changes_of_an_installed_package_are_merged(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, project = tmp_path / "site", tmp_path / "other"
    site.mkdir()
    monkeypatch.syspath_prepend(site)
    install(world, site, "0.1.1")
    assert world.scaffold("new", project, "--task", "rings", "--defaults").code == 0
    replace(project / NOTES, "line 18\n", "line 18, mine\n")
    commit(project)
    replace(world.rings.overlay / NOTES, "line 3\n", "line three\n")
    install(world, site, "0.2.0")
    assert world.scaffold("status", project).code == 3
    done = world.scaffold("update", project)
    assert done.code == 0, done.err
    notes = (project / NOTES).read_text()
    assert "line three\n" in notes
    assert "line 18, mine\n" in notes
    commit(project)
    shutil.rmtree(site)
    done = world.scaffold("update", project)
    assert done.code == 1
    assert "pip install 'scaffold-rings>=0.2.0'" in done.err


# what blocks an update


def test_uncommitted_changes_are_an_error(world: World) -> None:
    replace(world.project / NOTES, "line 3\n", "mine\n")
    world.improve("line 3\n", "line three\n")
    assert_rejected(world, f"uncommitted changes: {NOTES}", "git stash")


@pytest.mark.parametrize("ignored", [False, True], ids=["untracked", "ignored"])
@pytest.mark.parametrize(
    "path", ["docs/more.md", "docs/more.md/inner.txt", "docs/MORE.md", "docs/More.md/x"]
)
def test_an_uncommitted_file_is_never_overwritten(
    world: World, path: str, ignored: bool
) -> None:
    target = world.project / path
    target.parent.mkdir(exist_ok=True)
    target.write_text("mine\n")
    if ignored:
        world.edit("/runs/\n", "/runs/\n[mM]*\n", ".gitignore")
    world.rings.write("docs/more.md", "theirs\n")
    world.rings.release("0.2.0")
    assert_rejected(world, "docs/more.md comes from the template")


@pytest.mark.parametrize("path", ["", "__pycache__/more.pyc", "own.txt", "in/own.txt"])
def test_a_new_file_is_added_to_an_untracked_folder(world: World, path: str) -> None:
    folder = world.project / "docs" / "more"
    folder.mkdir()
    if path:
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text("mine\n")
    world.rings.write("docs/more/new.md", "new\n")
    world.rings.release("0.2.0")
    assert world.update().code == 0
    assert (folder / "new.md").read_text() == "new\n"
    assert world.update("--abort").code == 0
    assert not (folder / "new.md").exists()
    assert not path or (folder / path).read_text() == "mine\n"


def test_an_empty_folder_in_place_of_a_new_file_is_replaced(world: World) -> None:
    (world.project / "docs" / "more.md" / "empty").mkdir(parents=True)
    world.rings.write("docs/more.md", "new\n")
    world.rings.release("0.2.0")
    assert world.update().code == 0
    assert (world.project / "docs" / "more.md").read_text() == "new\n"


def test_line_endings_alone_are_no_uncommitted_change(world: World) -> None:
    (world.project / ".gitattributes").write_text("*.md text\n")
    commit(world.project)
    data = (world.project / NOTES).read_bytes().replace(b"\n", b"\r\n")
    (world.project / NOTES).write_bytes(data)
    assert status(world) == f" M {NOTES}\n"  # but git commit has nothing to commit
    world.improve("line 3\n", "line three\n")
    assert world.update().code == 0
    assert world.update("--abort").code == 0
    assert (world.project / NOTES).read_bytes() == data


@pytest.mark.parametrize("words", [(), ("--dry-run",)], ids=["update", "dry run"])
def test_a_stale_lock_of_the_index_is_an_error(
    world: World, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scaffold.update.repository.LOCK_TIMEOUT_S", 0.1)
    (world.project / ".git" / "index.lock").touch()
    world.improve("line 3\n", "line three\n")
    before = read_all(world.project)
    done = world.update(*words)
    assert done.code == 1
    assert f"another Git process holds {world.project}/.git/index.lock" in done.err
    assert "remove the file if it was killed" in done.err
    assert read_all(world.project) == before


def test_an_update_keeps_the_permissions_of_files(world: World) -> None:
    (world.project / NOTES).chmod(0o600)
    world.improve("line 3\n", "line three\n")
    assert world.update().code == 0
    assert (world.project / NOTES).stat().st_mode & 0o777 == 0o600


def test_a_file_in_place_of_a_folder_is_an_error(world: World) -> None:
    world.rings.write("docs/more/a.md", "theirs\n")
    (world.project / "docs" / "more").write_text("mine\n")
    commit(world.project)
    world.rings.release("0.2.0")
    assert_rejected(
        world, "docs/more/a.md comes from the template, but your file docs/more is"
    )


def test_a_file_can_become_a_folder_in_the_template(world: World) -> None:
    world.rings.remove(NOTES)
    world.rings.write(f"{NOTES}/inner.md", "inner\n")
    world.rings.release("0.2.0")
    assert world.update().code == 0
    assert (world.project / NOTES / "inner.md").read_text() == "inner\n"
    assert world.update("--abort").code == 0
    assert world.notes().startswith("line 1\n")


@pytest.mark.parametrize("flag", ["--skip-worktree", "--assume-unchanged"])
def test_files_marked_as_unchanged_are_an_error(world: World, flag: str) -> None:
    git(world.project, "update-index", flag, NOTES)
    replace(world.project / NOTES, "line 18\n", "mine\n")
    world.improve("line 3\n", "line three\n")
    assert_rejected(world, NOTES)


def test_files_with_a_git_filter_are_an_error(world: World) -> None:
    with (world.project / ".gitattributes").open("a") as file:
        file.write("*.md filter=upper\n")
    git(world.project, "config", "filter.upper.clean", "cat")
    commit(world.project)
    world.improve("line 3\n", "line three\n")
    assert_rejected(world, "has the Git filter upper")


def test_a_project_outside_git_is_rejected_but_has_a_status(world: World) -> None:
    shutil.rmtree(world.project / ".git")
    world.improve("line 3\n", "line three\n")
    assert world.run("status").code == 3
    assert_rejected(world, "is not in a Git repository")


def test_a_repository_without_a_commit_is_rejected(world: World) -> None:
    shutil.rmtree(world.project / ".git")
    git(world.project, "init", "--quiet")
    world.improve("line 3\n", "line three\n")
    assert_rejected(world, "the repository has no commits")


def test_a_repository_that_ignores_the_project_is_rejected(world: World) -> None:
    shutil.rmtree(world.project / ".git")
    above = world.project.parent
    (above / ".gitignore").write_text("mine/\n")
    git(above, "init", "--quiet")
    commit(above)
    world.improve("line 3\n", "line three\n")
    assert_rejected(world, "git add (--force")


@pytest.mark.parametrize("path", [BUNDLE, ANSWERS])
def test_a_project_without_its_template_is_rejected(world: World, path: str) -> None:
    git(world.project, "rm", "--quiet", "--cached", path)
    with (world.project / ".gitignore").open("a") as file:
        file.write(f"{path}\n")
    commit(world.project)
    world.improve("line 3\n", "line three\n")
    assert_rejected(world, f"git add --force {path}")


# repositories of all kinds


def test_a_project_in_a_larger_repository_is_updated(world: World) -> None:
    above = around(world)
    (above / ".scaffold").mkdir()
    (above / BUNDLE).write_text("a decoy\n")
    commit(above)
    (above / "elsewhere.txt").write_text("edited, and not of the project\n")
    (above / "other.txt").write_text("staged\n")
    git(above, "add", "other.txt")
    world.improve("line 3\n", "line three\n")
    done = world.update()
    assert done.code == 0, done.err
    assert "line three\n" in world.notes()
    listed = git(above, "status", "--porcelain")
    assert " M elsewhere.txt" in listed
    assert "A  other.txt" in listed
    assert f"M  mine/{NOTES}" in listed
    assert world.update("--abort").code == 0
    listed = git(above, "status", "--porcelain").splitlines()
    assert listed == [" M elsewhere.txt", "A  other.txt"]


def test_conflicts_in_a_larger_repository_are_unmerged_in_the_index(
    world: World,
) -> None:
    above = around(world)
    replace(world.project / NOTES, "line 3\n", "mine\n")
    commit(above)
    world.improve("line 3\n", "line three\n")
    assert world.update().code == 4
    assert f"UU mine/{NOTES}" in git(above, "status", "--porcelain")


def test_a_submodule_in_place_of_a_new_file_keeps_its_commit(world: World) -> None:
    inner = world.project / "docs" / "more.md"
    inner.mkdir()
    git(inner, "init", "--quiet")
    (inner / "a.txt").write_text("a\n")
    commit(inner)
    commit(world.project)
    before = git(world.project, "ls-files", "--stage")
    world.rings.write("docs/more.md", "more\n")
    world.rings.release("0.2.0")
    assert world.update().code == 4
    stages = git(world.project, "ls-files", "--stage", "docs/more.md")
    assert git(inner, "rev-parse", "HEAD").strip() in stages
    assert world.update("--abort").code == 0
    assert git(world.project, "ls-files", "--stage") == before
    assert status(world) == ""


def test_an_unfinished_merge_is_an_error(world: World) -> None:
    git(world.project, "checkout", "--quiet", "-b", "other")
    world.edit("line 3\n", "theirs\n")
    git(world.project, "checkout", "--quiet", "-")
    world.edit("line 18\n", "mine\n")
    git(world.project, "merge", "--quiet", "--no-commit", "other")
    world.improve("line 5\n", "line five\n")
    assert_rejected(world, "a merge or rebase is in progress", "finish it")


def test_errors_of_git_are_reported(world: World) -> None:
    git(world.project, "config", "core.bare", "true")
    world.improve("line 3\n", "line three\n")
    assert world.update().code == 1


def test_other_submodules_of_the_repository_are_not_changed(world: World) -> None:
    above = around(world)
    inner = above / "vendor"
    inner.mkdir()
    git(inner, "init", "--quiet")
    (inner / "a.txt").write_text("a\n")
    commit(inner)
    commit(above)
    (inner / "a.txt").write_text("edited\n")
    world.improve("line 3\n", "line three\n")
    assert world.update().code == 0
    assert (inner / "a.txt").read_text() == "edited\n"


def test_a_sparse_checkout_around_the_project_stays_sparse(world: World) -> None:
    above = around(world)
    (above / "big").mkdir()
    (above / "big" / "a.txt").write_text("a\n")
    commit(above)
    git(above, "sparse-checkout", "set", "mine")
    assert not (above / "big").exists()
    world.improve("line 3\n", "line three\n")
    assert world.update().code == 0
    assert not (above / "big").exists()


def test_git_lfs_files_are_not_fetched(world: World) -> None:
    above = around(world)
    (above / ".gitattributes").write_text("*.bin filter=lfs\n")
    (above / "large.bin").write_text("version https://git-lfs.github.com/spec/v1\n")
    commit(above)
    git(above, "config", "filter.lfs.clean", "cat")
    git(above, "config", "filter.lfs.smudge", f"touch {above}/fetched; cat")
    world.improve("line 3\n", "line three\n")
    assert world.update().code == 0
    assert not (above / "fetched").exists()


NAMES = [b"two\nlines", b"line\xe2\x80\xa8separator", b"Latin-\xe9", b'tab\tquote"']


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_folder_of_any_name_in_a_larger_repository_is_updated(
    name: bytes, world: World
) -> None:
    above = around(world)
    folder = above / os.fsdecode(name) / "mine"
    folder.parent.mkdir()
    world.project.rename(folder)
    commit(above)
    moved = world._replace(project=folder)
    moved.improve("line 3\n", "line three\n")
    assert moved.run("status").code == 3
    assert moved.update("--dry-run").code == 0
    assert moved.update().code == 0
    assert "line three\n" in moved.notes()
    assert moved.run("diff").code == 0
    replace(folder / NOTES, "line 18\n", "later\n")
    assert f"{NOTES} had later edits" in moved.update("--abort").out
    assert status(moved) == ""
    assert "line 3\n" in moved.notes()


def test_detached_heads_worktrees_and_shallow_clones_are_updated(world: World) -> None:
    world.improve("line 3\n", "line three\n")
    home = world.project.parent
    git(world.project, "checkout", "--quiet", "--detach")
    git(world.project, "worktree", "add", "--quiet", "--detach", str(home / "tree"))
    git(home, "clone", "--quiet", "--depth=1", f"file://{world.project}", "shallow")
    for name in ("mine", "tree", "shallow"):
        other = world._replace(project=home / name)
        assert other.update().code == 0
        assert "line three\n" in other.notes()
        assert other.update("--abort").code == 0
        assert status(other) == ""


HOOKS = ("pre-commit", "commit-msg", "post-commit", "pre-merge-commit", "post-merge")
HOOKS += ("post-checkout", "post-index-change", "reference-transaction", "pre-auto-gc")


@pytest.mark.parametrize("place", ["repository", "configuration"])
def test_no_identity_is_needed_and_no_hook_runs(
    place: str, world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hooks = world.project / ".git" / "hooks"
    if place == "configuration":
        hooks = tmp_path / "hooks"
        config = tmp_path / "gitconfig"
        config.write_text(f"[core]\n\thooksPath = {hooks}\n")
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    hooks.mkdir(exist_ok=True)
    for name in HOOKS:
        (hooks / name).write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\nexit 1\n")
        (hooks / name).chmod(0o755)
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.delenv(f"GIT_{name}_NAME")
        monkeypatch.delenv(f"GIT_{name}_EMAIL")
    before = read_all(world.project)
    world.improve("line 3\n", "line three\n")
    assert world.update("--dry-run").code == 0
    for command in ("status", "diff"):
        world.run(command)
    assert read_all(world.project) == before
    known = ("--dir", world.project, "--plugin", world.rings.folder)
    assert world.scaffold("add", "compare", *known).code == 0
    assert world.update("--abort").code == 0
    assert world.update().code == 0
    assert world.update("--abort").code == 0
    assert not (tmp_path / "ran").exists()


# what the user changed


def test_diff_shows_local_changes(world: World) -> None:
    assert world.run("diff").out.startswith("No local changes")
    world.edit("line 3\n", "mine\nand more\n")
    (world.project / "docs" / "own.md").write_text("own\n")
    (world.project / "mine" / "plots.py").unlink()
    found = json.loads(world.run("diff", "--json").out)
    assert found["files"] == [
        {"path": NOTES, "kind": "edited", "added": 2, "removed": 1},
        found["files"][1],
        {"path": "docs/own.md", "kind": "added", "added": 1, "removed": 0},
    ]
    assert found["files"][1]["path"] == "mine/plots.py"
    assert found["files"][1]["kind"] == "deleted"
    assert "\n-line 3\n+mine\n+and more\n" in found["diff"]
    assert "edited" in world.run("diff").out
