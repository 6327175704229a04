"""Copier and scaffold render composed templates identically, byte for byte."""

import contextlib
import itertools
import subprocess
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import copier
import hypothesis.strategies as st
import pytest
import yaml
from conftest import NAMES, TASKS, Done
from hypothesis import HealthCheck, given, reject, settings
from recipes import all_features, make_recipe
from updates import run_copier

from scaffold.catalog.plugins import Plugin, find_feature, find_task
from scaffold.catalog.questions import Question
from scaffold.catalog.values import bad_character
from scaffold.compose.recipe import Recipe
from scaffold.errors import ArgumentError
from scaffold.project.bundle import BUNDLE
from scaffold.project.create import create, render_project

ANSWERS = ".copier-answers.yml"


def choices(task: Plugin) -> Iterator[dict[str, str]]:
    """Yield every combination of the choices of a task."""
    questions = {
        name: [str(value) for value in question.labels.values()]
        for name, question in task.manifest.questions.items()
        if question.labels
    }
    for values in itertools.product(*questions.values()):
        yield dict(zip(questions, values, strict=True))


EVERY_CHOICE = [
    pytest.param(
        task.manifest.name, chosen, id="-".join([task.manifest.name, *chosen.values()])
    )
    for task in TASKS
    for chosen in choices(task)
]


def full(task: str) -> Recipe:
    """Return the recipe of a task with all features that can be combined."""
    plugin = find_task(task)
    return make_recipe(plugin, *all_features(plugin))


def assert_copier_agrees(recipe: Recipe, given: Mapping[str, str], home: Path) -> None:
    """Write a project with scaffold and with Copier, and compare every file."""
    ours = home / "ours"
    rendered = render_project(recipe, {"project_name": "ours", **given})
    create(rendered, ours, with_git=False)
    theirs = home / "theirs"
    with contextlib.chdir(ours), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        copier.run_copy(
            BUNDLE,
            theirs,
            data=dict(rendered.answers.stored),
            settings=copier.Settings(),
            quiet=True,
        )
    expected = files(ours)
    del expected[BUNDLE]
    assert files(theirs) == expected


def files(root: Path) -> dict[str, tuple[bytes, int]]:
    """Return content and executable bits of every file."""
    return {
        path.relative_to(root).as_posix(): (
            path.read_bytes(),
            path.stat().st_mode & 0o111,
        )
        for path in root.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize(("task", "chosen"), EVERY_CHOICE)
def test_every_choice_is_rendered_identically(
    task: str, chosen: dict[str, str], tmp_path: Path
) -> None:
    assert_copier_agrees(Recipe((find_task(task),)), chosen, tmp_path)


@pytest.mark.parametrize("task", NAMES)
def test_features_are_rendered_identically(task: str, tmp_path: Path) -> None:
    assert_copier_agrees(full(task), {}, tmp_path)


def test_a_korean_project_is_rendered_identically(tmp_path: Path) -> None:
    plugins = (find_task("circle"), find_feature("notebook"))
    assert_copier_agrees(Recipe(plugins, language="ko"), {}, tmp_path)


def plain_text() -> st.SearchStrategy[str]:
    return st.text(max_size=40).filter(lambda text: not bad_character(text))


def answers_to(question: Question) -> st.SearchStrategy[str]:
    """Return a strategy for valid answers to a question."""
    if question.format == "file":
        return st.just("")
    if question.labels:
        return st.sampled_from([str(value) for value in question.labels.values()])
    if question.type == "float":
        return st.floats(0.001, 0.1).map(repr)
    if question.type == "int":
        return st.integers(1, 1000).map(str)
    if question.type == "bool":
        return st.sampled_from(["true", "false"])
    return plain_text()


@st.composite
def projects(draw: st.DrawFn) -> tuple[str, dict[str, str]]:
    """Draw a task and answers to all its questions."""
    task = draw(st.sampled_from(TASKS))
    questions = task.manifest.questions
    given = {name: draw(answers_to(question)) for name, question in questions.items()}
    given |= {"author": draw(plain_text()), "description": draw(plain_text())}
    return task.manifest.name, given


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn=projects())
def test_random_answers_are_rendered_identically(
    drawn: tuple[str, dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    task, given = drawn
    try:
        render_project(Recipe((find_task(task),)), {"project_name": "ours", **given})
    except ArgumentError:  # a text that a validator refuses
        reject()
    recipe = Recipe((find_task(task),))
    assert_copier_agrees(recipe, given, tmp_path_factory.mktemp("random"))


def status(folder: Path) -> str:
    command = ["git", "status", "--porcelain"]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=True
    ).stdout


@pytest.mark.parametrize(
    "task",
    [NAMES[0], *(pytest.param(name, marks=pytest.mark.slow) for name in NAMES[1:])],
)
def test_plain_copier_works_in_a_new_project(
    task: str, scaffold: Callable[..., Done], tmp_path: Path
) -> None:
    folder = tmp_path / "x"
    assert scaffold("new", folder, "--task", task, "--defaults").code == 0
    for command in ("check-update", "update --defaults", "recopy --defaults --force"):
        done = run_copier(folder, *command.split())
        assert done.code == 0, done.err
        assert status(folder) == ""


def test_plain_copier_changes_an_answer(
    scaffold: Callable[..., Done], tmp_path: Path
) -> None:
    folder = tmp_path / "x"
    assert scaffold("new", folder, "--task", "line", "--defaults").code == 0
    change = "update --defaults --data model=linear --vcs-ref=:current:"
    assert run_copier(folder, *change.split()).code == 0
    assert yaml.safe_load((folder / ANSWERS).read_text())["model"] == "linear"
    assert "nn.Linear(" in (folder / "x" / "model.py").read_text()


def test_copier_needs_no_trust(scaffold: Callable[..., Done], tmp_path: Path) -> None:
    recipe = Recipe((find_task("circle"),))
    config = yaml.safe_load(render_project(recipe, {}).template["copier.yml"].data)
    unsafe = {"_tasks", "_migrations", "_jinja_extensions", "_external_data"}
    assert not unsafe & config.keys()
