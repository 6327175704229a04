"""Tasks of any shape, written as an author would: clean, tested, with all features."""

import re
from pathlib import Path

import pytest
from conftest import run_python
from own_tests import OwnResults, failures, run_own_tests, write_project
from recipes import all_features
from task_plugins import TASK_PLUGINS, render_task

from scaffold.catalog.plugins import Plugin, find_feature
from scaffold.check.cases import cases_of_task
from scaffold.check.contract import Check
from scaffold.check.files import lint
from scaffold.check.unused import find_unused
from scaffold.compose.recipe import Recipe
from scaffold.errors import ArgumentError
from scaffold.project.create import render_project

FAST = ("masks", "tags")  # one with loss_fn, and one with build_loss_fn and data_info


def test_the_projects_are_clean(tmp_path: Path) -> None:
    for name in TASK_PLUGINS:
        write_project(render_task(name), tmp_path, name)
    assert list(lint(tmp_path)) == []


@pytest.fixture(scope="module")
def own_results(tmp_path_factory: pytest.TempPathFactory) -> OwnResults:
    home = tmp_path_factory.mktemp("shapes")
    for name in FAST:
        write_project(render_task(name), home, name)
    return run_own_tests(home)


@pytest.mark.parametrize("name", FAST)
def test_all_tests_of_its_project_pass(name: str, own_results: OwnResults) -> None:
    assert len(own_results[name]) > 25
    assert not failures(own_results[name])


@pytest.mark.slow
def test_projects_with_every_feature_are_clean_and_pass_their_tests(
    tmp_path: Path,
) -> None:
    for name in TASK_PLUGINS:
        files = render_task(name, *all_features(TASK_PLUGINS[name]))
        folder = write_project(files, tmp_path, name)
        assert list(lint(folder)) == []
        assert list(find_unused(folder, name)) == []
    for name, results in run_own_tests(tmp_path).items():
        assert len(results) > 100
        assert not failures(results), name


@pytest.mark.slow
@pytest.mark.parametrize("plugin", TASK_PLUGINS.values(), ids=TASK_PLUGINS)
def test_plugin_check_has_no_findings(plugin: Plugin) -> None:
    assert Check().run(list(cases_of_task(plugin))).findings == []


# What `predict` prints for the example in INPUTS, or in data_info["inputs"].
PRINTED = {
    "bars": r"(horizontal|vertical|rising|falling) \(p = .*\)",
    "brackets": r"(un)?balanced \(p = .*\)",
    "denoise": r"\[(\d+, ){63}\d+\]",
    "masks": r"([012]{16}/){15}[012]{16}",
    "repeated": r"\d \(p = .*\)",
    "tags": r"\[('\w+'(, )?)*\]",
    "throw": r"\{'distance': -?[\d.]+, 'time': -?[\d.]+\}",
}
# Prints the values of that example.
EXAMPLE = """
from {0} import config, data
inputs = getattr(data, "INPUTS", None)
for value in (inputs or data.make_datasets(config.Config())[-1]["inputs"]).values():
    print(value)
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", TASK_PLUGINS)
def test_it_trains_resumes_evaluates_and_predicts(name: str, tmp_path: Path) -> None:
    folder = write_project(render_task(name), tmp_path, name)

    def run(*words: str) -> str:
        done = run_python("-m", name, *words, folder=folder)
        assert done.code == 0, done.err
        return done.out

    run("train", "--epochs", "1", "--device", "cpu")
    run("train", "--resume", "--epochs", "2")
    rows = (folder / "runs" / "001" / "metrics.csv").read_text().splitlines()
    assert len(rows) == 1 + 2
    metric = rows[0].split(",")[-1].split("_", 1)[1]
    printed = rf"runs/001: test_loss \S+  test_{metric} \S+\n"
    assert re.fullmatch(printed, run("evaluate"))
    values = run_python("-c", EXAMPLE.format(name), folder=folder).out.splitlines()
    assert re.fullmatch(PRINTED[name] + "\n", run("predict", *values))


def test_a_feature_that_a_task_excludes_is_refused_with_the_reason() -> None:
    assert "export" not in [
        feature.name for feature in all_features(TASK_PLUGINS["brackets"])
    ]
    with pytest.raises(ArgumentError) as refused:
        render_task("brackets", find_feature("export"))
    reason = "torch.export cannot trace packed sequences"
    assert str(refused.value).endswith(f"does not work with task brackets: {reason}")


@pytest.mark.slow
def test_a_model_that_cannot_be_exported_is_refused_in_one_line(
    tmp_path: Path,
) -> None:
    plugin = TASK_PLUGINS["brackets"]
    recipe = Recipe((plugin, find_feature("export")))  # as if it were no conflict
    files = render_project(recipe, {"project_name": "brackets"}).files
    folder = write_project(files, tmp_path, "brackets")
    run_python("-m", "brackets", "train", "--epochs", "1", folder=folder)
    done = run_python("-m", "brackets", "export", folder=folder)
    assert done.code == 1
    assert done.err.startswith("error: torch.export failed on forward() in model.py: ")
    assert done.err.count("\n") == 1
