"""Folders to publish: plugin packages that work at once, and exported templates."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import copier
import pytest
from conftest import NAMES, Done, read_all

from scaffold.catalog.discovery import BASE, named_folder
from scaffold.catalog.plugins import read_plugin
from scaffold.check.cases import cases_of_feature
from scaffold.check.contract import Check
from scaffold.check.files import lint
from scaffold.check.plugin_template import ORIGINS
from scaffold.project.bundle import BUNDLE

Scaffold = Callable[..., Done]
ANSWERS = ".copier-answers.yml"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("family", ORIGINS)
def test_a_new_plugin_can_be_used_at_once(
    family: str, scaffold: Scaffold, home: Path
) -> None:
    done = scaffold("plugin", "new", "odd-rings", "--family", family)
    assert done.code == 0
    plugin = read_plugin(named_folder(home / "scaffold-odd-rings"))
    assert plugin.manifest.name == "odd-rings"
    assert plugin.manifest.family == family
    words = ("--task", "odd-rings", "--defaults", "--plugin", "scaffold-odd-rings")
    assert scaffold("new", "x", *words).code == 0
    assert (home / "x" / "tests" / "test_odd_rings.py").is_file()
    assert list(lint(home / "x")) == []


@pytest.mark.parametrize("name", ["odd-rings", "long-" * 9 + "name"])
def test_a_new_feature_can_be_added_at_once(
    name: str, scaffold: Scaffold, home: Path
) -> None:
    assert scaffold("plugin", "new", name, "--feature").code == 0
    words = ("--task", "line", "--defaults", "--plugin", home / f"scaffold-{name}")
    assert scaffold("new", "x", "--with", name, *words).code == 0
    assert (home / "x" / "x" / f"{name.replace('-', '_')}.py").is_file()
    assert f'commands["{name}"]' in (home / "x" / "x" / "__main__.py").read_text()
    assert list(lint(home / "x")) == []


def test_the_example_of_a_feature_has_no_findings() -> None:
    example = read_plugin(named_folder(BASE / "feature"))
    cases = list(cases_of_feature(example, names=["line"]))
    assert Check().run(cases).findings == []


@pytest.mark.slow
def test_a_new_plugin_installs_and_passes_its_own_test(
    scaffold: Scaffold, home: Path
) -> None:
    assert scaffold("plugin", "new", "rings", "--family", "binary").code == 0
    package = home / "scaffold-rings"
    build = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    done = subprocess.run(
        [*build, "--target", "site", package], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert list((home / "site").glob("scaffold_rings-*.dist-info/entry_points.txt"))
    test = [sys.executable, "-m", "pytest", "-q"]
    done = subprocess.run(test, cwd=package, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", ["Rings", "two words", "", "a/b", "circle"])
def test_a_name_that_no_new_task_can_have_is_refused(
    name: str, scaffold: Scaffold, home: Path
) -> None:
    done = scaffold("plugin", "new", name)
    assert done.code == 2
    assert done.err.count("\n") == 1
    assert not list(home.iterdir())


@pytest.mark.parametrize("task", NAMES)
def test_an_exported_template_gives_the_same_project(
    task: str, scaffold: Scaffold, home: Path
) -> None:
    name = f"my-{task}"
    assert scaffold("new", name, "--task", task, "--defaults", "--no-git").code == 0
    assert scaffold("template", "export", "template", "--task", task).code == 0
    assert (home / "template" / "README.md").read_text().startswith("# ")
    copier.run_copy(str(home / "template"), home / "copy", defaults=True, quiet=True)
    ours, theirs = read_all(home / name), read_all(home / "copy")
    different = {path for path in ours if ours[path] != theirs.get(path)}
    assert different == {BUNDLE, ANSWERS, "README.md"}
    assert theirs.keys() == ours.keys() - {BUNDLE}


def test_a_folder_that_is_taken_is_left_alone(scaffold: Scaffold, home: Path) -> None:
    (home / "full").mkdir()
    (home / "full" / "mine").write_text("")
    done = scaffold("template", "export", "full", "--task", "line")
    assert done.code == 1
    assert "full is not empty" in done.err
    assert scaffold("plugin", "new", "rings").code == 0
    assert scaffold("plugin", "new", "rings").code == 1
    shutil.rmtree(home / "scaffold-rings")
