"""Which exercises a project has: chosen ones, own ones of a task, and their tests."""

import re
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import NAMES, Done
from layers import make_feature, recipe_of, text_of
from updates import replace

from scaffold.catalog.discovery import named_folder
from scaffold.catalog.plugins import find_task, read_plugin
from scaffold.compose import recipe as recipes
from scaffold.compose.recipe import Recipe
from scaffold.errors import PluginError
from scaffold.project.create import RenderedProject, render_project
from scaffold.teach.submission import expected_tests

Scaffold = Callable[..., Done]


def render(recipe: Recipe) -> RenderedProject:
    return render_project(recipe, {"project_name": "hw"})


def listed(rendered: RenderedProject) -> list[dict[str, Any]]:
    """Return the exercises that a project lists."""
    table = tomllib.loads(text_of(rendered, "hw/exercises.toml"))
    return list(table["exercise"])


@pytest.mark.parametrize("task", NAMES)
def test_a_project_lists_the_tests_of_each_exercise_and_two_hints_or_more(
    task: str,
) -> None:
    rendered = render(Recipe((find_task(task),), variant="exercise"))
    found = {t: row["number"] for row in listed(rendered) for t in row["tests"]}
    marked = {t: n for t, n in expected_tests(rendered.files).items() if n}
    assert found == marked
    assert set(found.values()) == set(range(1, 9))
    assert all(len(row["hints"]) >= 2 for row in listed(rendered))


def test_tests_that_depend_on_answers_are_listed_where_they_are() -> None:
    logits = "tests/test_model.py::test_outputs_are_logits_of_any_sign"
    for task, expected in (("circle", True), ("line", False)):
        rendered = render(Recipe((find_task(task),), variant="exercise"))
        text = text_of(rendered, "hw/exercises.toml")
        assert (logits in text) == expected
        assert "{%" not in text


def test_only_the_chosen_exercises_are_open_and_they_keep_their_numbers() -> None:
    task = find_task("circle")
    rendered = render(Recipe((task,), variant="exercise", exercises="2-3,8"))
    assert [row["number"] for row in listed(rendered)] == [2, 3, 8]
    code = "".join(
        f.data.decode() for p, f in rendered.files.items() if p.endswith(".py")
    )
    assert set(re.findall(r"# exercise (\d): ", code)) == {"2", "3", "8"}
    assert set(re.findall(r"mark\.exercise\((\d)\)", code)) == {"2", "3", "8"}
    assert "optimizer.zero_grad()  # 3. reset the gradients" in code
    template = "".join(f.data.decode() for f in rendered.template.values())
    assert "nn.BCEWithLogitsLoss()\n" not in template
    readme = text_of(rendered, "README.md")
    assert "3. choose the loss function: " in readme
    assert "1. load the data: " not in readme
    assert "--set variant=exercise --set exercises=2-3,8" in readme


@pytest.mark.parametrize("text", ["0", "9", "3-2", "2-9", "x", "", "1-", "1 3", "1,,2"])
def test_numbers_that_are_no_exercises_are_refused(
    text: str, scaffold: Scaffold, tmp_path: Path
) -> None:
    words = ("--task", "circle", "--set", "variant=exercise", "--defaults")
    done = scaffold("new", tmp_path / "hw", *words, "--set", f"exercises={text}")
    assert done.code == 2
    assert f"exercises: {text!r} is not among them; they are 1 to 8, " in done.err
    assert not (tmp_path / "hw").exists()


def test_a_complete_project_has_no_exercises_to_choose(
    scaffold: Scaffold, tmp_path: Path
) -> None:
    words = ("--task", "circle", "--set", "exercises=1-3", "--defaults")
    done = scaffold("new", tmp_path / "hw", *words)
    assert done.code == 2
    assert "exercises: they need --set variant=exercise" in done.err
    kept = {"variant": "exercise", "exercises": "1-3"}
    recipe, _ = recipes.make_recipe(
        [find_task("circle")], {"variant": "solution"}, kept
    )
    assert recipe.exercises == "all"


def test_an_update_opens_more_exercises(scaffold: Scaffold, tmp_path: Path) -> None:
    words = ("--task", "circle", "--set", "variant=exercise", "--defaults")
    folder = tmp_path / "hw"
    assert scaffold("new", folder, *words, "--set", "exercises=1-3").code == 0
    assert "sigmoid(logits).round()" in (folder / "hw" / "loss.py").read_text()
    done = scaffold("update", folder, "--set", "exercises=1-4")
    assert done.code == 0, done.err
    loss = (folder / "hw" / "loss.py").read_text()
    assert "# exercise 4: predict" in loss
    assert "sigmoid(logits).round()" not in loss
    assert 'number = 4\ntitle = "predict"' in (folder / "hw/exercises.toml").read_text()


AUGMENT = """[exercises.augment]
title = "move the points"
task = "Add noise to the points"
hints = ["torch.randn_like(x)", "multiply it with 0.1"]

[exercises.model]"""


@pytest.fixture
def rings(tmp_path: Path) -> Path:
    """Return a task with an exercise of its own, between those of the core."""
    folder = Path(shutil.copytree(find_task("circle").folder, tmp_path / "rings"))
    replace(folder / "plugin.toml", 'name = "circle"', 'name = "rings"')
    replace(folder / "plugin.toml", "[exercises.model]", AUGMENT)
    data = folder / "project" / "{{ package }}" / "data.py"
    solution = (
        "    ### BEGIN SOLUTION: augment\n    x = x + 0.1\n    ### END SOLUTION\n"
    )
    replace(
        data,
        "    split = train_test_split(",
        f"{solution}    split = train_test_split(",
    )
    replace(
        data, "    # why: the model never trains", "    ### END SOLUTION\n    # why: x"
    )
    replace(data, "    ### END SOLUTION\n\n\ndef encode", "\n\ndef encode")
    return folder


def test_an_own_exercise_of_a_task_comes_after_the_one_before_it(rings: Path) -> None:
    task = read_plugin(named_folder(rings))
    titles = [
        row["title"] for row in listed(render(Recipe((task,), variant="exercise")))
    ]
    assert titles[:3] == ["load the data", "move the points", "define the model"]
    assert len(titles) == 9


def test_an_own_exercise_needs_all_of_its_texts(rings: Path) -> None:
    replace(rings / "plugin.toml", 'title = "move the points"\n', "")
    task = read_plugin(named_folder(rings))
    with pytest.raises(PluginError, match=r"\[exercises.augment\]: no such exercise; "):
        render(Recipe((task,), variant="exercise"))


def test_an_end_of_a_solution_in_the_wrong_place_is_named(rings: Path) -> None:
    model = rings / "project" / "{{ package }}" / "model.py"
    text = model.read_text()
    before, first, rest = text.partition("        ### END SOLUTION\n")
    model.write_text(before + rest)
    with pytest.raises(PluginError, match=r"project/\{\{ package \}\}/model\.py: "):
        render(Recipe((read_plugin(named_folder(rings)),), variant="exercise"))
    head, line, rest = rest.partition("        ### BEGIN SOLUTION")
    model.write_text(before + head + first + line + rest)
    number = (before + head).count("\n") + 1
    with pytest.raises(PluginError, match=f"model.py, line {number}: ### END"):
        render(Recipe((read_plugin(named_folder(rings)),)))


def test_an_exercise_of_a_feature_comes_last(tmp_path: Path) -> None:
    text = (
        "def f():\n    ### BEGIN SOLUTION: warm\n    return 1\n    ### END SOLUTION\n"
    )
    table = '[exercises.warm]\ntitle = "warm up"\ntask = "Return"\nhints = ["1", "2"]\n'
    feature = make_feature(tmp_path, "f", {"{{ package }}/warm.py": text}, tables=table)
    rendered = render(recipe_of("circle", feature, variant="exercise"))
    assert [row["title"] for row in listed(rendered)][-1] == "warm up"
