"""Proves one project, in a process of its own that imports torch and the project.

`python -m scaffold.worker FOLDER PACKAGE REPORT TASK`: the findings go as JSON into the
file REPORT; TASK is JSON too, with the family and the results to expect.
"""

import csv
import importlib
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

Found = tuple[str, str, str]  # what is wrong, in which file, how to mend it
NAMES = {
    "data": ("load_data", "read_inputs"),
    "model": ("build_model",),
    "objective": ("loss", "decide", "METRIC"),
    "figures": ("draw",),
}
LABELS = {
    "regression": torch.float32,
    "binary": torch.float32,
    "multiclass": torch.int64,
}
SHORT = ("--epochs", "2", "--batch-size", "64", "--device", "cpu")


class Project:
    """The modules of a generated project, imported."""

    def __init__(self, package: str) -> None:
        self.package = package

    def __getattr__(self, name: str) -> ModuleType:
        return importlib.import_module(f"{self.package}.{name}")

    def run(self, *words: str) -> int:
        """Run a command of the project; return its exit code."""
        main = importlib.import_module(f"{self.package}.__main__").main
        try:
            return int(main(words))
        except SystemExit as end:  # a mistyped flag, in argparse's way
            return int(end.code or 0)


def prove(project: Project, family: str, expect: list[dict[str, Any]]) -> list[Found]:
    """Return the findings of the first stage that has any; each needs those before."""
    stages: list[Callable[[], Iterator[Found]]] = [
        lambda: prove_names(project),
        lambda: prove_data(project, family),
        lambda: prove_model(project),
        lambda: prove_repeatable(project),
        lambda: prove_result(project, expect),
        lambda: prove_tests(),
    ]
    for stage in stages:
        found = list(guarded(stage))
        if found:
            return found
    return []


def guarded(stage: Callable[[], Iterator[Found]]) -> Iterator[Found]:
    """Yield the findings of a stage; what it raises is one of them."""
    try:
        yield from stage()
    except Exception as error:
        place = error.__traceback__
        while place and place.tb_next:
            place = place.tb_next
        name = Path(place.tb_frame.f_code.co_filename).name if place else "?"
        line = place.tb_lineno if place else 0
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        yield reason, f"{name}, line {line}", "make it run without this error"


def prove_names(project: Project) -> Iterator[Found]:
    """The modules of the task import, and offer the names of the contract."""
    for module, names in NAMES.items():
        offered = vars(getattr(project, module))
        for name in names:
            if name not in offered:
                yield (
                    f"{name} is missing",
                    f"{module}.py",
                    f"define {name} in {module}.py",
                )
    metric = project.objective.METRIC
    if not isinstance(metric, project.contract.Metric):
        yield (
            "METRIC is no Metric",
            "objective.py",
            "write METRIC = Metric(name, score, ...)",
        )


def prove_data(project: Project, family: str) -> Iterator[Found]:
    """Every part has examples and labels of the family's type; the state is plain."""
    data = project.data.load_data(project.config.Config())
    for part in ("train", "test", "validation"):
        split = getattr(data, part)
        if split is not None:
            yield from prove_split(part, split, family)
    yield from prove_state(data.state)


def prove_split(part: str, split: Any, family: str) -> Iterator[Found]:
    x, y = split
    if len(x) == 0 or len(x) != len(y):
        yield (
            f"{part} has {len(x)} x and {len(y)} y",
            "data.py",
            "give each row its label",
        )
        return
    if x.is_floating_point() and x.dtype != torch.float32:
        yield f"{part}: x is {x.dtype}", "data.py", "use float32: MPS has no float64"
    if x.is_floating_point() and not torch.isfinite(x).all():
        yield f"{part}: x holds nan or inf", "data.py", "impute or drop such values"
    shape = (len(x), 1) if family == "regression" else (len(x),)
    if y.dtype != LABELS[family] or y.shape != shape:
        wanted = f"{LABELS[family]} {shape}"
        what = f"{part}: y is {y.dtype} {tuple(y.shape)}, not {wanted}"
        yield what, "data.py", f"labels of the family {family} are {wanted}"


def prove_state(state: dict[str, Any]) -> Iterator[Found]:
    if not isinstance(state.get("inputs"), dict) or not state["inputs"]:
        how = 'put "inputs" into the state: name = example'
        yield 'the state names no "inputs"', "data.py", how
    with tempfile.TemporaryFile() as file:
        torch.save(state, file)
        file.seek(0)
        try:
            torch.load(file, weights_only=True)
        except Exception:
            how = "keep to tensors, texts, numbers, lists and dicts"
            yield "the state is no plain data", "data.py", how


def prove_model(project: Project) -> Iterator[Found]:
    """Outputs, losses, decisions and scores fit together, and gradients flow."""
    data = project.data.load_data(project.config.Config())
    torch.manual_seed(0)
    model = project.model.build_model(project.config.Config(), data.state)
    x, y = data.train.x[:64], data.train.y[:64]
    outputs = model(x)
    losses = project.objective.loss(outputs, y)
    decisions = project.objective.decide(outputs.detach(), data.state)
    scores = project.objective.METRIC.score(decisions, y)
    each = {"loss": losses, "decide": decisions, "METRIC.score": scores}
    for name, values in each.items():
        if values.shape != (len(x),):
            what = f"{name} gives {tuple(values.shape)} for {len(x)} examples"
            yield what, "objective.py", "give one value for each example, (N,)"
        elif not torch.isfinite(values.float()).all():
            yield f"{name} gives nan or inf", "objective.py", "look at the inputs of it"
    losses.mean().backward()
    for name, parameter in model.named_parameters():
        if parameter.grad is None:
            how = "use it in forward, or remove it"
            yield f"parameter {name} gets no gradient", "model.py", how
        elif not torch.isfinite(parameter.grad).all():
            yield (
                f"the gradient of {name} is not finite",
                "model.py",
                "look at the loss",
            )
    yield from prove_inputs(project, model, data)


def prove_inputs(project: Project, model: Any, data: Any) -> Iterator[Found]:
    row = [str(value) for value in data.state["inputs"].values()]
    x = project.data.read_inputs([row], data.state)
    if x.shape[1:] != data.train.x.shape[1:] or x.dtype != data.train.x.dtype:
        what = f"read_inputs gives {x.dtype} {tuple(x.shape)}, which is not like x"
        yield what, "data.py", "encode it as load_data encodes x"
    else:
        project.engine.predict(model, x, data.state)


def prove_repeatable(project: Project) -> Iterator[Found]:
    """Two runs with one seed are identical, and what is saved is what is loaded."""
    with tempfile.TemporaryDirectory() as out:
        for _ in range(2):
            if project.run("train", "--out", out, *SHORT):
                yield "training fails", "train.py", "see the message above"
                return
        one, other = (
            Path(out, run, "metrics.csv").read_text() for run in ("001", "002")
        )
        if one != other:
            how = "draw random numbers only after torch.manual_seed, or from the seed"
            yield "two runs with one seed differ", "data.py or model.py", how
        path = Path(out, "001", "last.pt")
        runs = importlib.import_module(f"{project.package}.tools.runs")
        data = project.data.load_data(project.config.Config())
        twice = [
            project.engine.predict(model, data.test.x, saved.state)
            for saved, model in (
                runs.trained_model(path, torch.device("cpu")) for _ in "12"
            )
        ]
        if not torch.equal(*twice):
            how = "make the model a function of its state_dict, config and state"
            yield "a loaded model predicts differently each time", "model.py", how


def prove_result(project: Project, expect: list[dict[str, Any]]) -> Iterator[Found]:
    """Training with the defaults stays finite, draws, and reaches what is promised."""
    with tempfile.TemporaryDirectory() as out:
        if project.run("train", "--out", out, "--device", "cpu"):
            yield "training fails", "train.py", "see the message above"
            return
        record = Path(out, "001", "metrics.csv").read_text()
        *_, last = csv.DictReader(record.splitlines())
        if len(list(Path(out, "001").glob("*.png"))) < 2:
            how = "return at least one Figure from draw"
            yield "there is no picture of the task", "figures.py", how
    for wanted in expect:
        if wanted["metric"] not in last:
            how = "name the metric as METRIC does"
            yield (
                f"there is no metric {wanted['metric']}",
                "plugin.toml [[expect]]",
                how,
            )
            continue
        reached = float(last[wanted["metric"]])
        low, high = wanted["at_least"], wanted["at_most"]
        if (low is not None and reached < low) or (high is not None and reached > high):
            bound = f"at least {low}" if low is not None else f"at most {high}"
            what = f"{wanted['metric']} is {reached:.4g}, not {bound}"
            yield what, "plugin.toml [[expect]]", "train better, or promise less"


class Failures:
    """A plugin of pytest that notes which tests fail, and why."""

    def __init__(self) -> None:
        self.found: list[Found] = []

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            crash = getattr(report.longrepr, "reprcrash", None)
            text = crash.message if crash else str(report.longrepr).strip()
            reason = text.splitlines()[0] if text else "no reason"
            self.found.append((f"a test fails: {reason}", report.nodeid, "mend it"))

    def pytest_collectreport(self, report: Any) -> None:
        self.pytest_runtest_logreport(report)


def prove_tests() -> Iterator[Found]:
    """The tests of the project pass."""
    import pytest

    failures = Failures()
    code = pytest.main(["-q", "-p", "no:cacheprovider"], plugins=[failures])
    yield from failures.found
    if code and not failures.found:
        yield f"pytest ends with {int(code)}", "tests/", "run pytest in a project of it"


if __name__ == "__main__":
    folder, package, report, wanted = sys.argv[1:]
    sys.path.insert(0, folder)
    task = json.loads(wanted)
    findings = prove(Project(package), task["family"], task["expect"])
    Path(report).write_text(json.dumps(findings), encoding="utf-8")
