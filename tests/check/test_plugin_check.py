"""`scaffold plugin check`: finds what breaks the contract, and says how to fix it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import FEATURES, TASKS, Done
from layers import PACKAGE, make_feature

from scaffold.catalog.discovery import named_folder
from scaffold.catalog.plugins import Plugin, find_feature, find_task
from scaffold.check.cases import TASKS as CHECKED_TASKS
from scaffold.check.cases import Case, cases_of_feature, cases_of_task
from scaffold.check.combinations import combinations, cover_pairs
from scaffold.check.contract import Check, Options, check_source
from scaffold.check.findings import Finding

Scaffold = Callable[..., Done]
FAST = Options(fast=True)


def name_of(plugin: Plugin) -> str:
    return plugin.name


def cases_on_line(feature: Plugin, *others: Plugin) -> list[Case]:
    return list(cases_of_feature(feature, names=["line"], others=others))


def check_on_line(feature: Plugin) -> list[Finding]:
    return Check(FAST).run(cases_on_line(feature)[:1]).findings


def test_a_built_in_task_has_no_findings() -> None:
    cases = list(cases_of_task(find_task("line")))
    assert Check(FAST).run(cases).findings == []


@pytest.mark.slow
@pytest.mark.parametrize("plugin", TASKS, ids=name_of)
def test_built_in_tasks_have_no_findings_for_any_choice(plugin: Plugin) -> None:
    assert Check().run(list(cases_of_task(plugin))).findings == []


def test_a_built_in_feature_has_no_findings() -> None:
    assert Check().run(cases_on_line(find_feature("compare"))).findings == []


@pytest.mark.slow
@pytest.mark.parametrize("plugin", FEATURES, ids=name_of)
def test_built_in_features_have_no_findings(plugin: Plugin) -> None:
    assert check_source(named_folder(plugin.folder)).findings == []


@pytest.fixture
def rings(tmp_path: Path) -> Path:
    """Return a copy of the task circle, to be broken."""
    folder = tmp_path / "rings"
    shutil.copytree(find_task("circle").folder, folder)
    toml = folder / "plugin.toml"
    toml.write_text(toml.read_text().replace('name = "circle"', 'name = "rings"', 1))
    return folder


# Each breaks one promise: file, what stands there, what is put in its place, and
# what the finding says, where, and how to fix it.
BROKEN = {
    "a name of the contract is missing": (
        "loss.py", "def to_probabilities(", "def to_probability(",
        "to_probabilities is missing", "loss.py", "define to_probabilities",
    ),
    "labels have the wrong type": (
        "data.py", "torch.from_numpy(y).float()", "torch.from_numpy(y)",
        "train: y is torch.int64", "data.py", "labels of the family binary",
    ),
    "inputs are float64": (
        "data.py", "torch.from_numpy(x).float()", "torch.from_numpy(x)",
        "x is torch.float64", "data.py", "MPS has no float64",
    ),
    "there are no example values": (
        "data.py", '{"x1": 0.5, "x2": -0.5}  #', "{}  #",
        "INPUTS is missing", "data.py", "define INPUTS",
    ),
    "there is no validation split": (
        "plugin.toml", 'family = "binary"', 'family = "binary"\nvalidation = true',
        "make_datasets returns 2 values, not train, validation, test", "data.py", "see",
    ),
    "the code raises": (
        "data.py", "seed = config.data_seed", "seed = config.data_sed",
        "no attribute 'data_sed'", "{{ package }}/data.py, line", "without this error",
    ),
    "the file is not Python": (
        "model.py", "def forward(self, x: Tensor)", "def forward(self, x: Tensor",
        "does not parse", "{{ package }}/model.py", "what the template writes",
    ),
    "the linter complains": (
        "model.py", "from torch import Tensor", "import os\n\nfrom torch import Tensor",
        "ruff check: F401", "{{ package }}/model.py, line 3", "template",
    ),
    "the formatter would change it": (
        "loss.py", 'METRIC = "accuracy"', 'METRIC  = "accuracy"',
        "ruff format --check: unformatted", "{{ package }}/loss.py", "clean",
    ),
    "a brace of a template is left": (
        "loss.py", '"""Loss function,', '"""Loss {{ function,',
        "is left of the template", "{{ package }}/loss.py", "close the block",
    ),
    "a question does not exist": (
        "model.py", '"""', '# {% if modle %}\n# {% endif %}\n"""',
        "'modle' is undefined", "plugin.toml", "place that is named",
    ),
}  # fmt: skip
# These are found only by running all tests of the project.
LATE = {
    "the loss is not a mean": (
        "loss.py", "nn.BCEWithLogitsLoss()", 'nn.BCEWithLogitsLoss(reduction="sum")',
        "a test fails", "test_the_loss_is_a_mean_over_the_batch", "fix the test",
    ),
    "the expected result is not reached": (
        "plugin.toml", "epochs = 300", "epochs = 2",
        "not at least 0.99", "[[expected_results]]", "promise less",
    ),
    "the metric of the result does not exist": (
        "plugin.toml", 'metric = "test_accuracy"', 'metric = "precision"',
        "no metric precision", "[[expected_results]]", "known metrics: test_loss",
    ),
}  # fmt: skip
PARAMETERS = [*BROKEN, *(pytest.param(name, marks=pytest.mark.slow) for name in LATE)]


@pytest.mark.parametrize("name", PARAMETERS)
def test_what_breaks_the_contract_is_found(
    name: str, rings: Path, scaffold: Scaffold
) -> None:
    file, old, new, what, where, how = (BROKEN | LATE)[name]
    (path,) = rings.rglob(file)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    words = ["--no-cache"] if name in LATE else ["--no-cache", "--fast"]
    done = scaffold("plugin", "check", rings, "--json", *words)
    assert done.code == 1
    findings = json.loads(done.out)["findings"]
    assert any(
        what in found["what"] and where in found["where"] and how in found["how"]
        for found in findings
    ), findings


def test_a_plugin_that_cannot_be_read_is_a_finding(
    rings: Path, scaffold: Scaffold
) -> None:
    (rings / "plugin.toml").write_text("name = ")
    done = scaffold("plugin", "check", rings)
    assert done.code == 1
    assert "Invalid value" in done.out
    assert "where: " in done.out
    assert "fix: " in done.out


def test_a_name_that_is_no_task_is_a_wrong_argument(scaffold: Scaffold) -> None:
    done = scaffold("plugin", "check", "zebra")
    assert done.code == 2
    assert done.err.count("\n") == 1


def test_all_combinations_are_checked_where_they_are_few() -> None:
    rows = combinations(find_task("line"))
    assert len(rows) == 4
    assert rows[0] == {"model": "parameter", "loss": "l1"}


def test_where_combinations_are_many_every_pair_of_choices_is_met() -> None:
    names, values = "abcde", "xyz"
    rows: list[dict[str, str]] = [{}]
    for name in names:
        rows = [{**row, name: value} for row in rows for value in values]
    chosen = cover_pairs(rows)
    met = {
        (one, row[one], other, row[other])
        for row in chosen
        for one in names
        for other in names
        if one < other
    }
    assert len(met) == 10 * 9
    assert len(chosen) < 25
    assert chosen[0] == rows[0]


FAULTS = {
    "a test fails": ({"tests/test_f.py": "def test_f():\n    assert 1 == 2\n"}, {}, ""),
    "has no slot 'start'": ({}, {f"{PACKAGE}train.py": "# slot: start\nx = 1\n"}, ""),
    "ruff check: F401": ({f"{PACKAGE}f.py": "import os\n"}, {}, ""),
    "no module imports f.py": ({f"{PACKAGE}f.py": '"""F."""\n'}, {}, ""),
    "unused function 'f'": (
        {f"{PACKAGE}f.py": "X = 1\n\n\ndef f():\n    return 1\n"},
        {f"{PACKAGE}train.py": "from .f import X\n\n# slot: setup\nprint(X)\n"},
        "",
    ),
}


@pytest.mark.parametrize("what", FAULTS)
def test_what_breaks_the_contract_of_a_feature_is_found(
    what: str, tmp_path: Path
) -> None:
    files, slots, keys = FAULTS[what]
    feature = make_feature(tmp_path, "f", files, slots, keys)
    found = check_on_line(feature)
    assert any(what in finding.what for finding in found), found


def test_a_feature_that_suits_no_task_is_a_finding(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    make_feature(tmp_path, "f", keys=f"conflicts = {list(CHECKED_TASKS)}")
    done = scaffold("plugin", "check", tmp_path / "f")
    assert done.code == 1
    assert "cannot be combined with any" in done.out


@pytest.mark.slow
def test_a_feature_that_fails_together_with_a_built_in_one_is_found(
    tmp_path: Path,
) -> None:
    text = '# {% if "doctor" in features %}\nassert False\n# {% endif %}\n'
    feature = make_feature(tmp_path, "f", {"tests/test_f.py": text})
    found = Check().run(cases_on_line(feature, find_feature("doctor"))).findings
    assert [finding.combinations for finding in found] == [("task=line with=doctor",)]
