"""AGENTS.md of the feature `agents`: short, and true for the project that it is in."""

import re

import pytest
from conftest import NAMES
from recipes import all_features, make_recipe

from scaffold.catalog.plugins import find_feature, find_task
from scaffold.project.create import RenderedProject, render_project


def render(task: str, features: str = "agents", **choices: str) -> RenderedProject:
    """Return a project with AGENTS.md, and with all features if these are `full`."""
    plugin, chosen = find_task(task), [find_feature("agents")]
    if features == "full":
        chosen = all_features(plugin, chosen)
    recipe = make_recipe(plugin, *chosen, **choices)
    return render_project(recipe, {"project_name": "guided"})


def text_of(rendered: RenderedProject) -> str:
    return rendered.files["AGENTS.md"].data.decode()


@pytest.mark.parametrize(
    ("features", "variant"), [("agents", "solution"), ("full", "exercise")]
)
@pytest.mark.parametrize("task", NAMES)
def test_it_is_short_and_names_only_what_exists(
    task: str, features: str, variant: str
) -> None:
    rendered = render(task, features, variant=variant)
    text = text_of(rendered)
    assert text.count("\n") <= 60
    for name in re.findall(r"`(\w+\.(?:py|csv))`", text):
        assert f"guided/{name}" in rendered.files or name == "metrics.csv"
    main = rendered.files["guided/__main__.py"].data.decode()
    for command in re.findall(r"python -m guided ([a-z]+)", text):
        assert f'"{command}"' in main
    assert "\n\n\n" not in text


def test_it_names_the_other_features_of_the_project() -> None:
    rendered = render("digits", "full")
    named = re.search(r"each of these features: (.*)\.\n", text_of(rendered))
    assert named
    command = rendered.files["README.md"].data.decode()
    assert set(named[1].split(", ")) | {"agents"} == {
        *re.findall(r" --with ([a-z-]+)", command)
    }
    assert "section on" not in text_of(render("digits"))


def test_in_an_exercise_assistants_are_to_give_hints_and_not_to_solve() -> None:
    exercise = text_of(render("circle", variant="exercise"))
    assert "Do not write them" in exercise
    assert "guided exercises --hint" in exercise
    assert "exercise" not in text_of(render("circle"))
    assert "backward()" not in exercise


def test_it_states_what_holds_for_the_task() -> None:
    circle, digits = text_of(render("circle")), text_of(render("digits"))
    assert "float32 (N,), 0 or 1" in circle
    assert "int64 (N,)" in digits
    assert "validation set only" in digits
    assert "validation set" not in circle
    assert "data_info" not in circle
