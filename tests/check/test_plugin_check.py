"""`scaffold plugin check`: finds what breaks the contract, and says how to fix it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import FEATURES, TASKS, Done
from layers import PACKAGE, make_feature

from scaffold.catalog.discovery import named_folder
from scaffold.catalog.plugins import Plugin, find_feature, find_task, read_plugin
from scaffold.check import processes, stages
from scaffold.check.cases import TASKS as CHECKED_TASKS
from scaffold.check.cases import (
    Case,
    cases_of_exercises,
    cases_of_feature,
    cases_of_task,
    select,
)
from scaffold.check.combinations import combinations, cover_pairs
from scaffold.check.contract import Check, Options, check_source
from scaffold.check.files import Found
from scaffold.check.findings import Finding, gather

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


# The end of a solution, moved below the function that follows it.
END = "    ### END SOLUTION\n"
FOLLOWING = """

def to_probabilities(logits: Tensor) -> Tensor:
    \"\"\"Return the probability of each class: (N,) -> (N, 2).\"\"\"
    return torch.sigmoid(torch.stack([-logits, logits], dim=1))
"""
TOO_LATE = (END + FOLLOWING, FOLLOWING + END)
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
    "a squeeze is missing": (
        "model.py", ".squeeze(dim=1)", "",
        "outputs for 4 examples are (4, 1), not (4,)", "{{ package }}/model.py",
        "squeeze",
    ),
    "a field is a keyword": (
        "plugin.toml", "noise = {", "lambda = {",
        "[config] lambda: this name is reserved, as a keyword", "rings", "see docs",
    ),
    "a solution ends too late": (
        "loss.py", TOO_LATE[0], TOO_LATE[1],
        "{{ package }}/loss.py, line 22: ### END SOLUTION is outside", "rings", "fix",
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
        "a test fails", "test_the_loss_is_a_mean_over_the_batch", "fix it, or",
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
    words += ["--set", "variant=exercise"] if "solution" in name else []
    done = scaffold("plugin", "check", rings, "--json", *words)
    assert done.code == 1
    findings = json.loads(done.out)["findings"]
    assert any(
        what in found["what"] and where in found["where"] and how in found["how"]
        for found in findings
    ), findings


def break_plots(folder: Path) -> int:
    """Let the plots fail in every project; return the number of the line."""
    path = folder / "project" / "{{ package }}" / "plots.py"
    text = path.read_text().replace(
        "contourf(xs, xs, regions,", "contourf(xs, regions,"
    )
    path.write_text(text)
    return text[: text.index("contourf(xs, regions,")].count("\n") + 1


def test_an_error_that_many_tests_meet_is_one_finding_at_its_place_in_the_plugin(
    rings: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = break_plots(rings)
    monkeypatch.chdir(rings.parent)
    done = scaffold("plugin", "check", "rings", "--fast", "--no-cache")
    assert done.code == 1
    error, where, fix, summary = done.out.splitlines()
    assert error.startswith("TypeError: ")
    assert where == f"  where: rings/project/{{{{ package }}}}/plots.py, line {line}"
    assert "tests/test_" in fix
    assert summary == "rings: 1 finding in 3 projects."


def test_one_cause_in_several_projects_is_one_finding() -> None:
    wrong = ("TypeError: shape (1, 8)", "plots.py, line 3", "fix it")
    other = ("TypeError: shape (1, 9)", "plots.py, line 3", "fix it")
    lint = ("ruff check: E501", "plots.py, line 3", "fix it")
    rows = [("a=1", wrong), ("a=1", wrong), ("a=2", other), ("a=1", lint)]
    one, two = gather(rows, of=3)
    assert one.what == wrong[0]
    assert one.extent == " (in 2 of 3 combinations, first: a=1)"
    assert two.extent == " (with a=1)"
    (everywhere,) = gather(rows[:3], of=2)
    assert everywhere.extent == " (in all 2 combinations)"


def test_a_line_that_a_feature_inserts_is_found_in_its_slots(tmp_path: Path) -> None:
    lines = "# slot: run_end\n# A comment.\nprint(1 / 0)\n"
    feature = make_feature(tmp_path, "f", {}, {f"{PACKAGE}train.py": lines})
    (found,) = check_on_line(feature)
    assert found.what.startswith("ZeroDivisionError")
    assert found.where == f"{feature.slots}/{PACKAGE}train.py, line 3"


def test_only_what_was_changed_is_executed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    executed = []

    def pass_all(stage: str, *rest: object) -> list[Found]:
        executed.append(stage)
        return []

    monkeypatch.setattr(stages, "run_worker", pass_all)
    shutil.copytree(find_task("line").folder, tmp_path / "line")
    options = Options({"loss": "mse"}, cache=tmp_path)

    def check() -> tuple[int, int, int]:
        executed.clear()
        cases = list(cases_of_task(read_plugin(named_folder(tmp_path / "line"))))
        report = Check(options).run(select(cases, options.given))
        return report.checked, report.cached, len(executed)

    assert check() == (6, 0, 8)  # three stages of two projects, and their exercises
    assert check() == (6, 4, 0)
    path = tmp_path / "line" / "project" / "{{ package }}" / "model.py"
    path.write_text(path.read_text().replace("The model", "A model"))
    assert check() == (6, 0, 8)


def test_what_fails_is_executed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ("wrong", "data.py", "fix it")
    monkeypatch.setattr(stages, "run_worker", lambda *arguments: [row])
    cases = list(cases_of_task(find_task("circle")))[:1]
    for _ in range(2):
        report = Check(Options(cache=tmp_path)).run(cases)
        assert [finding.what for finding in report.findings] == ["wrong"]
        assert report.cached == 0


def test_set_selects_projects_and_keep_leaves_them(
    rings: Path, scaffold: Scaffold, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stages, "run_worker", lambda *arguments: [])
    monkeypatch.chdir(rings.parent)
    words = ("plugin", "check", "rings", "--no-cache", "--set", "comments=brief")
    done = scaffold(*words, "--keep", "kept")
    assert done.out == ("rings: no findings in 1 project.\nThe projects are in kept.\n")
    (project,) = (rings.parent / "kept").iterdir()
    assert "# why:" not in (project / "checked" / "model.py").read_text()
    done = scaffold(*words, "--keep", "kept")
    assert done.code == 1
    assert "kept is not empty" in done.err


def test_a_choice_that_no_project_has_is_refused_with_those_that_are(
    scaffold: Scaffold,
) -> None:
    done = scaffold("plugin", "check", "line", "--set", "loss=l2")
    assert done.code == 2
    assert "--set loss=l2: choose from l1, mse" in done.err
    done = scaffold("plugin", "check", "line", "--set", "los=l1")
    assert done.code == 2
    assert "choose from model, loss, variant, comments" in done.err


def test_each_exercise_is_open_once_with_those_before_it_solved() -> None:
    case = next(cases_of_task(find_task("circle")))
    found = [case.recipe.exercises for case in cases_of_exercises(case)]
    assert found == [f"{number}-8" for number in range(1, 9)]


@pytest.mark.slow
@pytest.mark.parametrize("plugin", TASKS, ids=name_of)
def test_the_exercises_of_built_in_tasks_are_right_one_by_one(plugin: Plugin) -> None:
    cases = list(cases_of_exercises(next(cases_of_task(plugin))))
    assert Check().run(cases).findings == []


def test_a_process_that_ends_without_a_result_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("Traceback\nImportError: no torch\n")
    ((what, _, how),) = processes.read_findings(tmp_path, ended=True)
    assert what == "the check stopped: ImportError: no torch"
    assert "install" in how
    ((what, _, _),) = processes.read_findings(tmp_path, ended=False)
    assert "still running" in what


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
