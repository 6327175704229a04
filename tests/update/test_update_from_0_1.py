"""A project of edition 0.1 becomes one of 0.2, with its features and its edits."""

import shutil
import warnings
from collections.abc import Callable
from pathlib import Path

import copier
import pytest
import yaml
from conftest import Done, run_python
from updates import commit, git

from scaffold.compose.recipe import FEATURES_OF_0_1
from scaffold.project.bundle import BUNDLE

DATA = Path(__file__).parent / "circle-0.1"  # bundle and answers, as 0.1.0 wrote them
MINE = "\n\ndef count_parameters() -> int:\n    return 0  # a function of the user\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project of 0.1 in Git, to which the user has added a function."""
    folder = tmp_path / "my-circle"
    (folder / BUNDLE).parent.mkdir(parents=True)
    shutil.copy(DATA / "template.bundle", folder / BUNDLE)
    answers = yaml.safe_load((DATA / "answers.yml").read_text())
    data = {key: value for key, value in answers.items() if not key.startswith("_")}
    monkeypatch.chdir(folder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        copier.run_copy(BUNDLE, ".", data=data, settings=copier.Settings(), quiet=True)
    git(folder, "init", "--quiet")
    commit(folder)
    path = folder / "my_circle" / "checkpoint.py"
    path.write_text(path.read_text() + MINE)
    (folder / "notes.md").write_text("mine\n")
    commit(folder)
    return folder


def test_it_updates_with_its_features_and_edits_are_kept(
    project: Path, scaffold: Callable[..., Done]
) -> None:
    done = scaffold("update")
    assert done.code == 4, done.err  # the function is where everything has changed
    for feature in FEATURES_OF_0_1:
        assert f"+ {feature} 0.2.0" in done.out
    assert "is now a feature" in done.out
    assert "conflict" in done.out
    path = project / "my_circle" / "checkpoint.py"
    assert MINE.strip() in path.read_text()
    assert (project / "notes.md").read_text() == "mine\n"

    text = path.read_text()
    theirs = git(project, "show", ":3:my_circle/checkpoint.py")
    assert theirs.splitlines()[0] in text
    path.write_text(theirs + MINE)
    commit(project)
    assert "Up to date." in scaffold("status").out
    shown = run_python("-m", "my_circle", "--help", folder=project).out
    assert "serve" in shown
    assert "doctor" in shown


def test_an_aborted_update_restores_it(
    project: Path, scaffold: Callable[..., Done]
) -> None:
    assert scaffold("update").code == 4
    assert scaffold("update", "--abort").code == 0
    assert git(project, "status", "--porcelain") == ""
    assert (project / "my_circle" / "objective.py").is_file()
