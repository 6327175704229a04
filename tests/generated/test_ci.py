"""The workflow of the feature `ci`: valid, and its steps do what they say."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import copier
import pytest
import yaml
from conftest import Done
from updates import NOTES, Rings, Scaffold, commit, git, make_rings, replace

from scaffold.catalog.plugins import find_feature, find_task
from scaffold.compose.recipe import Recipe
from scaffold.project.create import RenderedProject, render_project, write_tree

PATH = ".github/workflows/ci.yml"
CHOICES = ("none", "scaffold", "copier")
BRANCH = "template-update"


def render(update: str) -> RenderedProject:
    recipe = Recipe((find_task("circle"), find_feature("ci")))
    return render_project(recipe, {"project_name": "checked", "update": update})


def read_steps(folder: Path, job: str) -> list[dict[str, Any]]:
    """Return the steps of a job that are shell commands."""
    workflow = yaml.safe_load((folder / PATH).read_text())
    return [step for step in workflow["jobs"][job]["steps"] if "run" in step]


def run_step(text: str, folder: Path, output: Path) -> Done:
    """Run a step in a shell, as GitHub does."""
    here = Path(sys.executable).parent
    environment = {
        **os.environ,
        "PATH": f"{here}{os.pathsep}{os.environ['PATH']}",
        "GITHUB_OUTPUT": str(output),
    }
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True
    )
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("update", CHOICES)
def test_the_workflow_fits_the_schema_of_github(update: str, tmp_path: Path) -> None:
    write_tree(render(update).files, tmp_path)
    words = ["--builtin-schema", "vendor.github-workflows", str(tmp_path / PATH)]
    command = [sys.executable, "-m", "check_jsonschema", *words]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    for job in yaml.safe_load((tmp_path / PATH).read_text())["jobs"]:
        for step in read_steps(tmp_path, job):
            assert subprocess.run(["bash", "-n", "-c", step["run"]]).returncode == 0


def test_the_project_passes_the_linters_of_the_workflow(tmp_path: Path) -> None:
    write_tree(render("none").files, tmp_path)
    install, lint, test = read_steps(tmp_path, "test")
    done = run_step(lint["run"], tmp_path, tmp_path / "output")
    assert done.code == 0, done.out
    assert (
        "'torch>=2.10' --index-url https://download.pytorch.org/whl/cpu"
        in (install["run"])
    )
    assert '"torch>=2.10"' in (tmp_path / "pyproject.toml").read_text()
    assert test["run"] == "pytest"


def test_without_updates_nothing_is_scheduled_or_writable() -> None:
    text = render("none").files[PATH].data.decode()
    assert "schedule" not in text
    assert "write" not in text


def run_update(origin: Path, scratch: Path) -> tuple[str, str]:
    """Run the update of a repository as GitHub does, up to the pull request.

    Return the output of the steps, and the diff of the branch that is pushed.
    """
    shutil.rmtree(scratch / "checkout", ignore_errors=True)
    git(scratch, "clone", "--quiet", "--depth=1", f"file://{origin}", "checkout")
    output = scratch / "output"
    output.write_text("")
    install, *steps, pull_request = read_steps(scratch / "checkout", "update")
    assert install["run"].startswith("pip install ")
    assert "gh pr create" in pull_request["run"]
    for step in steps:
        done = run_step(step["run"], scratch / "checkout", output)
        assert done.code == 0, done.out + done.err
    known = git(origin, "branch", "--format=%(refname:short)").split()
    pushed = git(origin, "diff", f"HEAD..{BRANCH}") if BRANCH in known else ""
    return output.read_text(), pushed


@pytest.fixture
def rings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rings:
    """Return a task of which there will be a new version."""
    rings = make_rings(tmp_path)
    monkeypatch.setenv("SCAFFOLD_PLUGINS", str(rings.folder))
    return rings


def publish(project: Path) -> Path:
    """Return a bare repository with a project."""
    origin = project.with_name("origin.git")
    git(project.parent, "clone", "--quiet", "--bare", str(project), str(origin))
    return origin


def make_new_version(rings: Rings) -> None:
    replace(rings.overlay / NOTES, "line 3\n", "line three\n")
    rings.release("0.2.0")


@pytest.fixture
def mine(rings: Rings, scaffold: Scaffold, tmp_path: Path) -> Path:
    """Return a project that scaffold updates every week."""
    words = ("--task", "rings", "--with", "ci", "--set", "update=scaffold")
    assert scaffold("new", tmp_path / "mine", *words, "--defaults").code == 0
    return tmp_path / "mine"


def test_scaffold_pushes_a_branch_with_the_new_version(
    mine: Path, rings: Rings, tmp_path: Path
) -> None:
    origin = publish(mine)
    git(origin, "branch", BRANCH)  # of last week; it is replaced
    make_new_version(rings)
    output, pushed = run_update(origin, tmp_path)
    assert output == "pushed=true\n"
    assert "+line three\n" in pushed
    git(origin, "update-ref", "HEAD", BRANCH)  # the pull request is merged
    assert run_update(origin, tmp_path)[0] == ""


@pytest.mark.slow
def test_conflicts_are_in_the_branch_that_scaffold_pushes(
    mine: Path, rings: Rings, tmp_path: Path
) -> None:
    replace(mine / NOTES, "line 3\n", "line of mine\n")
    commit(mine)
    make_new_version(rings)
    output, pushed = run_update(publish(mine), tmp_path)
    assert output == "pushed=true\n"
    assert "+<<<<<<<" in pushed


@pytest.mark.slow
def test_copier_pushes_a_branch_with_the_next_tag(
    rings: Rings, scaffold: Scaffold, tmp_path: Path
) -> None:
    template, project = tmp_path / "template", tmp_path / "mine"
    words = ("--task", "rings", "--with", "ci", "--set", "update=copier")
    assert scaffold("template", "export", template, *words).code == 0
    copier.run_copy(str(template), project, defaults=True, quiet=True)
    assert (project / PATH).read_bytes() == render("copier").files[PATH].data
    git(project, "init", "--quiet")
    commit(project)
    origin = publish(project)
    assert run_update(origin, tmp_path) == ("", "")
    make_new_version(rings)
    assert scaffold("template", "export", template, *words).code == 0
    output, pushed = run_update(origin, tmp_path)
    assert output == "pushed=true\n"
    assert "+line three\n" in pushed
