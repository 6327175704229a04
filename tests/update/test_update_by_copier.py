"""`scaffold update --template-only`: plain Copier merges the next version."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest
from conftest import Done, read_all
from packages import edit, install
from updates import NOTES, World, around, commit, git, replace, run_copier, status

from scaffold.catalog.discovery import BASE
from scaffold.catalog.plugins import find_feature
from scaffold.compose import composition
from scaffold.project.bundle import BUNDLE, read_bundle


def offer(world: World) -> Done:
    """Put what is installed into the bundle, and commit it."""
    done = world.update("--template-only")
    assert done.code == 0, done.err
    if status(world):
        assert status(world) == f"M  {BUNDLE}\n"
        commit(world.project)
    return done


def copier_update(world: World) -> str:
    done = run_copier(world.project, "update", "--defaults")
    assert done.code == 0, done.err
    return done.err


def number_of_versions(world: World) -> int:
    return len(read_bundle(world.project / BUNDLE))


def test_copier_reports_and_merges_the_version_in_the_bundle(world: World) -> None:
    world.edit("line 18\n", "line 18, mine\n")
    world.improve("line 3\n", "line three\n")
    before = (world.project / ".copier-answers.yml").read_text()
    offer(world)
    check = run_copier(world.project, "check-update", "--quiet")
    assert check.code == 2
    assert world.run("status").code == 3

    copier_update(world)
    assert "line three\n" in world.notes()
    assert "line 18, mine\n" in world.notes()
    commit(world.project)
    answers = (world.project / ".copier-answers.yml").read_text()
    assert answers.splitlines()[2:] == before.splitlines()[2:]
    assert run_copier(world.project, "check-update", "--quiet").code == 0

    assert world.run("status").code == 0
    changed = world.run("diff").out
    assert "+line 18, mine" in changed
    assert "three" not in changed
    assert world.update() == Done(0, "Up to date.\n", "")
    assert status(world) == ""


def test_a_conflict_is_shown_as_copier_does(world: World) -> None:
    world.edit("line 3\n", "line 3, mine\n")
    world.improve("line 3\n", "line three\n")
    offer(world)
    copier_update(world)
    assert (
        "<<<<<<< before updating\nline 3, mine\n=======\nline three\n" in world.notes()
    )
    assert f"UU {NOTES}" in status(world)


def test_a_version_that_was_merged_is_the_only_one_after_the_next_command(
    world: World,
) -> None:
    world.improve("line 3\n", "line three\n")
    offer(world)
    copier_update(world)
    commit(world.project)
    assert number_of_versions(world) == 2
    assert "without the version before" in offer(world).out
    assert number_of_versions(world) == 1
    assert world.run("status").code == 0
    assert "No local changes." in world.run("diff").out
    assert run_copier(world.project, "check-update", "--quiet").code == 0


@pytest.mark.slow
def test_the_bundle_has_at_most_two_versions(world: World) -> None:
    for number in (3, 4, 5):
        replace(world.rings.overlay / NOTES, f"line {number}\n", f"new {number}\n")
        world.rings.release(f"0.{number}.0")
        offer(world)
        assert number_of_versions(world) == 2
        copier_update(world)
        commit(world.project)
    assert "new 3\nnew 4\nnew 5\n" in world.notes()
    assert world.run("status").code == 0


def test_a_version_that_waits_is_replaced_by_a_newer_one(world: World) -> None:
    world.improve("line 3\n", "line three\n")
    offer(world)
    replace(world.rings.overlay / NOTES, "line 4\n", "line four\n")
    world.rings.release("0.3.0")
    offer(world)
    assert number_of_versions(world) == 2
    copier_update(world)
    assert "line three\nline four\n" in world.notes()


def test_a_version_that_waits_is_not_replaced_by_an_older_one(world: World) -> None:
    world.improve("line 3\n", "line three\n")
    offer(world)
    world.rings.release("0.1.5")
    done = world.update("--template-only")
    assert done.code == 1
    assert "older than 0.2.0" in done.err
    assert status(world) == ""


def test_what_waits_already_is_not_added_again(world: World) -> None:
    assert world.update("--template-only") == Done(0, "Up to date.\n", "")
    world.improve("line 3\n", "line three\n")
    offer(world)
    assert "No change: copier update merges" in offer(world).out
    assert status(world) == ""


def test_scaffold_can_merge_a_version_that_waits(world: World) -> None:
    world.edit("line 18\n", "line 18, mine\n")
    world.improve("line 3\n", "line three\n")
    offer(world)
    done = world.update()
    assert done.code == 0, done.err
    assert world.rows(done)[NOTES] == "merged with your edits"
    assert number_of_versions(world) == 1
    commit(world.project)
    assert run_copier(world.project, "check-update", "--quiet").code == 0


@pytest.mark.slow
def test_answers_can_be_changed_after_an_update_by_copier(world: World) -> None:
    world.improve("line 3\n", "line three\n")
    offer(world)
    copier_update(world)
    commit(world.project)
    done = world.update("--set", "model=linear")
    assert done.code == 0, done.err
    commit(world.project)
    assert number_of_versions(world) == 1
    assert world.run("status").code == 0
    assert "No local changes." in world.run("diff").out
    change = ("update", "--defaults", "--data", "model=relu", "--vcs-ref=:current:")
    assert run_copier(world.project, *change).code == 0
    assert "BentLayers" in (world.project / "mine" / "model.py").read_text()


def test_it_is_undone_and_tried_like_any_update(world: World) -> None:
    world.improve("line 3\n", "line three\n")
    before = (world.project / BUNDLE).read_bytes()
    assert "Dry run" in world.update("--template-only", "--dry-run").out
    assert status(world) == ""
    found = json.loads(world.update("--template-only", "--json").out)
    assert [row["path"] for row in found["changes"]] == [BUNDLE]
    refused = world.update("--template-only")
    assert "an uncommitted update is pending" in refused.err
    assert world.scaffold("update", world.project, "--abort").code == 0
    assert (world.project / BUNDLE).read_bytes() == before
    assert status(world) == ""


@pytest.mark.parametrize("other", [["--set", "model=linear"], ["--adopt"], ["--abort"]])
def test_options_that_mean_something_else_are_refused(
    world: World, other: list[str]
) -> None:
    done = world.update("--template-only", *other)
    assert done.code == 2
    assert "cannot be combined" in done.err


def test_a_project_in_a_larger_repository_is_updated_by_copier(world: World) -> None:
    above = around(world)
    world.edit("line 18\n", "line 18, mine\n")
    world.improve("line 3\n", "line three\n")
    assert world.update("--template-only").code == 0
    assert git(above, "status", "--porcelain") == f"M  mine/{BUNDLE}\n"
    commit(above)
    copier_update(world)
    assert "line three\n" in world.notes()
    assert "line 18, mine\n" in world.notes()
    commit(above)
    assert world.run("status").code == 0


def test_features_are_added_and_removed_between_updates_by_copier(
    world: World,
) -> None:
    known = ("--dir", world.project, "--plugin", world.rings.folder)
    assert world.scaffold("add", "compare", *known).code == 0
    commit(world.project)
    world.improve("line 3\n", "line three\n")
    offer(world)
    copier_update(world)
    commit(world.project)
    assert "No local changes." in world.run("diff").out
    assert world.scaffold("remove", "compare", *known).code == 0
    commit(world.project)
    assert number_of_versions(world) == 1
    assert not (world.project / "mine" / "compare.py").exists()
    fresh = world.project.parent / "fresh" / "mine"
    words = ("--plugin", world.rings.folder, "--defaults", "--no-git")
    assert world.scaffold("new", fresh, "--task", "rings", *words).code == 0
    shutil.rmtree(world.project / ".git")
    assert read_all(world.project) == read_all(fresh)


def test_plugins_of_every_source_get_new_versions_by_copier(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The core and `doctor` are built in, `watch` is a package, `rings` a folder."""
    watch = install(tmp_path / "site", "watch", kind="feature", origin="compare")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    module = watch / "project" / "{{ package }}"
    words = ("--dir", world.project, "--plugin", world.rings.folder)
    done = world.scaffold("add", "watch", "doctor", *words)
    assert done.code == 0, done.err
    commit(world.project)

    world.improve("line 3\n", "line three\n")
    with (module / "compare.py").open("a") as file:
        file.write("\n\n# watched\n")
    edit(
        watch, f'version = "{find_feature("watch").manifest.version}"', 'version = "9"'
    )
    base = tmp_path / "base"
    shutil.copytree(BASE, base)
    replace(base / "project" / ".gitignore.jinja", "runs/\n", "runs/\nmore/\n")
    with mock.patch.object(composition, "BASE", base):
        offer(world)
        copier_update(world)
        commit(world.project)
        assert world.run("status").code == 0
    assert "line three" in world.notes()
    assert "# watched" in (world.project / "mine" / "compare.py").read_text()
    assert "more/" in (world.project / ".gitignore").read_text()


# What a weekly job does: the first command needs scaffold, the others Copier alone.
WEEKLY = """
git switch --quiet --force-create template-update
scaffold update --template-only
git diff --cached --quiet || git commit --quiet --message "Add the next version"
if copier check-update --quiet; then exit 0; fi
copier update --defaults --quiet
git add --all
git commit --quiet --message "Update from the template"
git push --quiet --force origin template-update
"""


@pytest.mark.slow
def test_a_weekly_job_pushes_a_branch_with_the_next_version(
    world: World, tmp_path: Path
) -> None:
    world.edit("line 18\n", "line 18, mine\n")
    origin = tmp_path / "origin.git"
    git(tmp_path, "clone", "--quiet", "--bare", str(world.project), str(origin))
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    known = {"PATH": path, "SCAFFOLD_PLUGINS": str(world.rings.folder)}

    def week() -> str:
        """Run the job in a new clone; return the diff of the branch."""
        shutil.rmtree(tmp_path / "clone", ignore_errors=True)
        git(tmp_path, "clone", "--quiet", str(origin), "clone")
        shell = ["bash", "-e", "-c", WEEKLY]
        env = os.environ | known
        subprocess.run(shell, cwd=tmp_path / "clone", env=env, check=True)
        if "template-update" not in git(origin, "branch"):
            return ""
        return git(origin, "diff", "HEAD..template-update")

    assert week() == ""
    world.improve("line 3\n", "line three\n")
    assert "+line three\n" in week()
    assert "+line three\n" in week()  # it is not merged yet: the branch is replaced
    git(origin, "update-ref", "HEAD", "template-update")
    git(origin, "branch", "--delete", "--force", "template-update")
    assert week() == ""
    assert "line 18, mine\n" in (tmp_path / "clone" / NOTES).read_text()
