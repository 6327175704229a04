"""Proofs by running a project: repeated, loaded, trained as promised, tested."""

import csv
import importlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from scaffold.check.worker.generated import Found, Project

SHORT = ("--epochs", "2", "--batch-size", "64", "--device", "cpu")


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
            how = "mend the test, or what it tests"
            self.found.append((f"a test fails: {reason}", report.nodeid, how))

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
