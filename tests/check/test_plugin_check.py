"""`scaffold plugin check`: finds what breaks the contract, and says how to mend it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import TASKS, Done, offer_one_choice

from scaffold.catalog.plugins import Plugin, find_task
from scaffold.check.contract import check_plugin, combinations, cover_pairs

Scaffold = Callable[..., Done]
DEFAULTS = {plugin.manifest.name: combinations(plugin)[0] for plugin in TASKS}


def quiet(words: str) -> None:
    """Report no progress."""


@pytest.mark.parametrize("plugin", TASKS, ids=lambda plugin: plugin.manifest.name)
def test_built_in_tasks_keep_the_contract(plugin: Plugin) -> None:
    assert list(check_plugin(plugin, quiet, train_all=False)) == []


@pytest.mark.slow
@pytest.mark.parametrize("plugin", TASKS, ids=lambda plugin: plugin.manifest.name)
def test_built_in_tasks_keep_the_contract_for_every_choice(plugin: Plugin) -> None:
    assert list(check_plugin(plugin, quiet)) == []


@pytest.fixture
def rings(tmp_path: Path) -> Path:
    """Return a plugin of one choice, with no tests of its own, to be broken."""
    folder = tmp_path / "rings"
    shutil.copytree(find_task("circle").folder, folder)
    toml = folder / "plugin.toml"
    toml.write_text(toml.read_text().replace('name = "circle"', 'name = "rings"', 1))
    offer_one_choice(toml)
    return folder


# Each breaks one promise: file, what stands there, what is put in its place, and
# what the finding says, where, and how to mend it.
BROKEN = {
    "a name of the contract is missing": (
        "objective.py", "def decide(", "def decides(",
        "decide is missing", "objective.py", "define decide",
    ),
    "labels have the wrong type": (
        "data.py", "torch.from_numpy(labels).float()", "torch.from_numpy(labels)",
        "train: y is torch.int64", "data.py", "labels of the family binary",
    ),
    "inputs are float64": (
        "data.py", "torch.from_numpy(points).float()", "torch.from_numpy(points)",
        "x is torch.float64", "data.py", "MPS has no float64",
    ),
    "the state names no inputs": (
        "data.py", '{"inputs": {"x1": 0.5, "x2": -0.5}, "classes"', '{"classes"',
        'names no "inputs"', "data.py", "name = example",
    ),
    "the state is no plain data": (
        "data.py", '["outer", "inner"]', "[Path()]",
        "no plain data", "data.py", "tensors, texts, numbers",
    ),
    "the loss is a mean": (
        "objective.py", 'reduction="none"', 'reduction="mean"',
        "loss gives () for 64 examples", "objective.py", "(N,)",
    ),
    "a parameter is not used": (
        "model.py", "super().__init__()",
        "super().__init__()\n        self.spare = nn.Linear(1, 1)",
        "spare.weight gets no gradient", "model.py", "use it in forward",
    ),
    "inputs are encoded in another shape": (
        "data.py", 'read_numbers(source, state["inputs"])',
        'read_numbers(source, state["inputs"])[:, :1]',
        "read_inputs gives", "data.py", "as load_data encodes x",
    ),
    "runs with one seed differ": (
        "model.py", "return self.layers(x)",
        "import os\n\n        x += os.urandom(1)[0] / 1e4\n        "
        "return self.layers(x)",
        "two runs with one seed differ", "data.py or model.py", "manual_seed",
    ),
    "the promised result is not reached": (
        "plugin.toml", "epochs = 300", "epochs = 2",
        "not at least 0.99", "[[expect]]", "promise less",
    ),
    "the metric of the promise does not exist": (
        "plugin.toml", 'metric = "accuracy"', 'metric = "precision"',
        "no metric precision", "[[expect]]", "as METRIC does",
    ),
    "a test of its own fails": (
        "test_circle.py", "== (800, 200)", "== (900, 100)",
        "a test fails: assert (800, 200)", "test_circle.py::test_the_points", "mend",
    ),
    "the code raises": (
        "data.py", "seed = config.data_seed", "seed = config.data_sed",
        "no attribute 'data_sed'", "data.py, line", "without this error",
    ),
    "the file is no Python": (
        "model.py", "def forward(self, x: Tensor)", "def forward(self, x: Tensor",
        "does not parse", "checked/model.py", "what the template writes",
    ),
    "the linter complains": (
        "model.py", "from torch import Tensor", "import os\n\nfrom torch import Tensor",
        "ruff check: F401", "checked/model.py, line 3", "template",
    ),
    "the formatter would change it": (
        "model.py", "return BentLayers()", "return  BentLayers()",
        "ruff format --check: unformatted", "checked/model.py", "clean",
    ),
    "a brace of a template is left": (
        "model.py", '"""Two hidden', '"""Two {{ "{{" }} hidden',
        "is left of the template", "checked/model.py", "close the block",
    ),
    "an answer is asked for that does not exist": (
        "model.py", '{% if model == "relu" %}', '{% if modle == "relu" %}',
        "'modle' is undefined", "plugin.toml", "place that is named",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_what_breaks_the_contract_is_found(
    name: str, rings: Path, scaffold: Scaffold
) -> None:
    file, old, new, what, where, how = BROKEN[name]
    (path,) = rings.rglob(file)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    done = scaffold("plugin", "check", rings, "--json")
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
    assert "mend: " in done.out


def test_a_name_that_is_no_task_is_a_wrong_argument(scaffold: Scaffold) -> None:
    done = scaffold("plugin", "check", "zebra")
    assert done.code == 2
    assert done.err.count("\n") == 1


def test_all_combinations_are_checked_where_they_are_few() -> None:
    assert len(combinations(find_task("circle"))) == 4
    assert combinations(find_task("circle"))[0] == {
        "model": "relu",
        "loss": "bce-with-logits",
    }


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
