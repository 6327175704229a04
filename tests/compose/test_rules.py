"""Which features can be combined, in which order, and what 0.1 projects have."""

import json
from pathlib import Path

import pytest
from conftest import FEATURES, TASKS
from layers import make_feature, recipe_of, render

from scaffold.catalog.plugins import Plugin, find_feature, find_task
from scaffold.compose.recipe import read_record
from scaffold.compose.rules import check_removable, full_preset, resolve
from scaffold.errors import ArgumentError


def names(features: tuple[Plugin, ...] | list[Plugin]) -> list[str]:
    return [plugin.name for plugin in features]


def test_required_features_are_added_and_come_first(tmp_path: Path) -> None:
    found = {
        name: make_feature(tmp_path, name, keys=f"requires = {json.dumps(needed)}")
        for name, needed in (("a", ["z"]), ("b", []), ("z", ["y"]), ("y", []))
    }
    task = find_task("circle")
    chosen = resolve(task, [found["b"], found["a"]], found.__getitem__)
    assert names(chosen) == ["b", "y", "z", "a"]
    check_removable([found["b"]], ["y"])
    with pytest.raises(ArgumentError, match="feature z requires y"):
        check_removable(chosen, ["y"])


def test_the_features_that_a_task_requires_are_added_and_stay() -> None:
    task = find_task("tabular")
    assert names(resolve(task, [], find_feature)) == ["early-stopping"]
    with pytest.raises(ArgumentError, match="task tabular requires early-stopping"):
        check_removable([task], ["early-stopping"])


def test_features_that_require_each_other_are_refused(tmp_path: Path) -> None:
    found = {
        name: make_feature(tmp_path, name, keys=f'requires = ["{other}"]')
        for name, other in ("ab", "ba")
    }
    with pytest.raises(ArgumentError, match="require each other"):
        resolve(find_task("circle"), [found["a"]], found.__getitem__)


@pytest.mark.parametrize(
    ("task", "keys", "message"),
    [
        ("circle", 'conflicts = ["circle"]', "f does not work with circle"),
        ("circle", 'conflicts = ["binary"]', "f does not work with binary"),
        ("tabular", 'conflicts = ["regression"]', "f does not work with regression"),
        ("circle", "needs_validation = true", "f needs a validation split"),
        ("circle", 'conflicts = ["g"]', "f and g cannot be combined"),
    ],
)
def test_a_conflict_is_one_clear_error(
    task: str, keys: str, message: str, tmp_path: Path
) -> None:
    features = [make_feature(tmp_path, "f", keys=keys), make_feature(tmp_path, "g")]
    with pytest.raises(ArgumentError) as caught:
        render(task, *features)
    assert message in str(caught.value)


def test_a_conflict_holds_in_both_directions(tmp_path: Path) -> None:
    one = make_feature(tmp_path, "z", keys='conflicts = ["a"]')
    with pytest.raises(ArgumentError, match="cannot be combined"):
        recipe_of("circle", make_feature(tmp_path, "a"), one)


@pytest.mark.parametrize("task", TASKS, ids=names(TASKS))
def test_the_preset_full_has_all_that_can_be_combined(task: Plugin) -> None:
    chosen = full_preset(task, list(reversed(FEATURES)), find_feature, [])
    assert chosen == full_preset(task, FEATURES, find_feature, [])
    assert {"compare", "doctor", "export", "scale", "serve"} <= set(names(chosen))
    assert ("early-stopping" in names(chosen)) is task.task.validation


@pytest.mark.parametrize(
    ("task", "more"),
    [("circle", ()), ("diabetes", ()), ("tabular", ("early-stopping",))],
)
def test_projects_of_0_1_keep_the_features_that_they_had(
    task: str, more: tuple[str, ...]
) -> None:
    plugin = {"name": task, "version": "0.1.0", "source": "built-in"}
    recipe = {
        "format": 1,
        "scaffold": "0.1.0",
        "plugins": [plugin],
        "comments": "brief",
    }
    record = read_record(json.dumps(recipe).encode())
    assert record.features == ("compare", "doctor", "export", "scale", "serve", *more)
    chosen = {"comments": "brief", "variant": "solution", "exercises": "all"}
    assert record.choices == chosen | {"language": "en"}


def test_a_recipe_is_read_as_it_was_written() -> None:
    recipe = recipe_of("tabular", *FEATURES, comments="brief")
    record = read_record(recipe.to_json().encode())
    assert record.task.name == "tabular"
    assert record.features == tuple(names(recipe.features))
    assert record.choices == recipe.choices
