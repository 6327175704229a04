"""Faults of code, settings and input in a project: each is one clear line, or works."""

import shutil
from pathlib import Path

import pytest
from conftest import make_project, run_python
from test_damaged_runs import try_damages
from updates import replace

# Run inside a project of circle, on its own functions.
INSIDE = '''
"""What a learner may get wrong, or change."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import TensorDataset

from x import __main__ as commands
from x import checkpoint, engine, train as train_module
from x.checkpoint import prepare_run
from x.config import Config
from x.train import train

CONFIG = Config(epochs=1, device="cpu")
CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


class ExtraState(nn.Linear):
    def __init__(self, value):
        super().__init__(2, 1)
        self.value = value

    def forward(self, x):
        return super().forward(x).squeeze(dim=1)

    def get_extra_state(self):
        return self.value

    def set_extra_state(self, state):
        pass


@pytest.mark.parametrize(
    ("value", "name"), [(Path("a"), "Path"), (np.float64(1), "numpy"), (print, "print")]
)
def test_what_cannot_be_loaded_again_is_refused_before_the_first_epoch(
    value, name, monkeypatch
):
    monkeypatch.setattr(train_module, "build_model", lambda *_: ExtraState(value))
    run = prepare_run(CONFIG)
    with pytest.raises(OSError, match=name):
        train(CONFIG, run)
    assert not (run / "metrics.csv").exists()


class Lazy(nn.Module):
    def __init__(self, *layers):
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return self.layers(x).squeeze(dim=1)


def test_lazy_layers_train_and_resume(monkeypatch):
    for module in (train_module, checkpoint):
        monkeypatch.setattr(module, "build_model", lambda *_: Lazy(nn.LazyLinear(1)))
    run = prepare_run(CONFIG)
    train(CONFIG, run)
    train(CONFIG.model_copy(update={"epochs": 2}), run)
    commands.evaluate()


@pytest.mark.parametrize(("n", "sizes"), [(9, [4, 5]), (10, [4, 4, 2]), (1, [1])])
def test_batch_norm_never_gets_a_last_batch_of_one(n, sizes):
    x, y = torch.randn(n, 2), torch.randn(n, 1)
    batches = engine.make_dataloader(TensorDataset(x, y), batch_size=4)
    assert [len(x) for x, _ in batches] == sizes
    if n > 1:
        layers = nn.Sequential(nn.BatchNorm1d(2), nn.Linear(2, 1))
        optimizer = torch.optim.SGD(layers.parameters(), lr=0.1)
        engine.train_epoch(layers, batches, nn.MSELoss(), optimizer, CPU)


def test_resuming_a_finished_run_draws_the_plots_that_are_missing():
    run = prepare_run(CONFIG)
    train(CONFIG, run)
    metrics = (run / "metrics.csv").read_text()
    plots = sorted(run.glob("*.png"))
    for plot in plots[1:]:
        plot.unlink()
    train(CONFIG, run)
    assert sorted(run.glob("*.png")) == plots
    assert (run / "metrics.csv").read_text() == metrics


def test_a_run_interrupted_in_its_first_epoch_is_the_one_that_resumes(
    monkeypatch, capsys
):
    train(CONFIG)

    def interrupt(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(train_module, "train_epoch", interrupt)
        with pytest.raises(KeyboardInterrupt):
            train(CONFIG)
    commands.evaluate()
    assert "runs/002 has not finished an epoch" in capsys.readouterr().err
    monkeypatch.setattr(sys, "argv", ["x", "train", "--resume"])
    commands.train(CONFIG, resume=True)
    logs = [Path("runs", name, "metrics.csv").read_text() for name in ("001", "002")]
    assert logs[0] == logs[1]


def test_epochs_given_on_resume_hold_for_the_next_resume(monkeypatch):
    train(CONFIG)

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(sys, "argv", ["x", "train", "--resume", "--epochs", "3"])
    with monkeypatch.context() as patch:
        patch.setattr(train_module, "train_epoch", interrupt)
        with pytest.raises(KeyboardInterrupt):
            commands.train(CONFIG.model_copy(update={"epochs": 3}), resume=True)
    monkeypatch.setattr(sys, "argv", ["x", "train", "--resume"])
    commands.train(CONFIG, resume=True)
    assert len(Path("runs/001/metrics.csv").read_text().splitlines()) == 1 + 3


def test_the_state_of_another_optimizer_is_refused(monkeypatch):
    train(CONFIG)
    other = CONFIG.model_copy(update={"epochs": 2, "optimizer": "sgd"})
    with pytest.raises(OSError, match="last.pt: KeyError: 'momentum'"):
        train(other, Path("runs/001"))


def test_a_start_that_fails_leaves_no_run():
    with pytest.raises(SystemExit, match="is not available"):
        train(CONFIG.model_copy(update={"device": "none"}))
    assert not Path("runs").exists()


def test_the_latest_run_has_the_largest_number():
    train(CONFIG)
    Path("runs/001").rename("runs/999")
    train(CONFIG)
    assert checkpoint.load_run()[0] == Path("runs/1000")


@pytest.mark.parametrize(
    ("values", "text", "message"),
    [
        (("1",), None, "expected 2 values: x1, x2"),
        (("1", "2", "3"), None, "expected 2 values: x1, x2"),
        (("1", "a"), None, "invalid input: could not convert string to float: 'a'"),
        ((), "", "expected 2 values: x1, x2"),
        ((), "x1,x2\\n", "expected 2 values: x1, x2"),
        ((), "x1,x3\\n1,2\\n", "missing or invalid input: 'x2'"),
        ((), "x1,x2\\n1\\n", "could not convert string to float: ''"),
    ],
)
def test_predict_says_what_is_wrong_with_its_inputs(values, text, message, monkeypatch):
    model = nn.Linear(2, 1)
    monkeypatch.setattr(checkpoint, "load_run", lambda run: (None, None, model))
    if text is not None:
        Path("new.csv").write_text(text)
    with pytest.raises(SystemExit) as refused:
        commands.predict(values, Path("new.csv") if text is not None else None)
    assert message in str(refused.value)


@pytest.mark.parametrize("name", ["seed", "data_seed", "n_samples", "hidden_units"])
def test_a_number_that_is_too_large_is_refused(name):
    with pytest.raises(ValueError, match=name):
        Config(**{name: 10**20})
'''


@pytest.fixture(scope="module")
def circle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project of circle that has been trained."""
    home = tmp_path_factory.mktemp("faults")
    folder = make_project(home, "x", ["--task", "circle", "--no-git"])
    train = ("-m", "x", "train", "--epochs", "2", "--device", "cpu")
    assert run_python(*train, folder=folder).code == 0
    return folder


def test_faults_inside_a_project(circle: Path) -> None:
    (circle / "tests" / "test_faults.py").write_text(INSIDE)
    words = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_faults.py")
    done = run_python(*words, folder=circle)
    assert done.code == 0, done.out


def test_a_damaged_run_is_refused_in_one_line(circle: Path, tmp_path: Path) -> None:
    try_damages(Path(shutil.copytree(circle, tmp_path / "x")), 60)


def test_class_names_print_in_any_encoding(
    circle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace(circle / "x" / "data.py", '"outer", "inner"', '"zewnętrzny", "内"')
    monkeypatch.setenv("PYTHONUTF8", "0")
    monkeypatch.setenv("PYTHONIOENCODING", "cp1252")
    done = run_python("-m", "x", "predict", "1", "1", folder=circle)
    assert done.code == 0, done.err
    assert "(p = " in done.out


@pytest.mark.parametrize(
    "words",
    [
        ("evaluate", "--run", "9" * 5_000),
        ("evaluate", "--run", "0"),
        ("train", "--resume", "9" * 5_000),
        ("train", "--seed", "9" * 30),
    ],
)
def test_a_wrong_number_is_no_traceback(words: tuple[str, ...], circle: Path) -> None:
    done = run_python("-m", "x", *words, folder=circle)
    assert done.code in (1, 2)
    assert "Traceback" not in done.err


def test_outputs_of_another_shape_than_the_labels_are_refused(tmp_path: Path) -> None:
    folder = make_project(tmp_path, "w", ["--task", "line", "--no-git"])
    squeezed = "(self.weight * x + self.bias).squeeze(dim=1)"
    replace(folder / "w" / "model.py", "self.weight * x + self.bias", squeezed)
    done = run_python("-m", "w", "train", "--device", "cpu", folder=folder)
    assert done.code == 1
    assert done.err.splitlines()[-1] == (
        "error: predictions are (10,), not (10, 1) as the labels; "
        "see forward() in model.py"
    )
