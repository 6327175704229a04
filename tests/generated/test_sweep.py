"""The feature sweep: a search that is killed continues with the same trials."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import optuna
import pytest
from conftest import make_project, run_python

SWEEP = ["-m", "x", "sweep", "--trials", "20", "--epochs", "10", "--device", "cpu"]


def read_trials(folder: Path) -> list[tuple[object, ...]]:
    """Return state, run, hyperparameters and loss of each trial of a search."""
    storage = f"sqlite:///{folder}/runs/sweep.db"
    trials = optuna.load_study(study_name="sweep", storage=storage).get_trials()
    return [(t.state.name, t.user_attrs["run"], t.params, t.value) for t in trials]


def kill_in_trial(number: int, project: Path, folder: Path) -> None:
    """Start the search, and kill it while it trains the trial of this number."""
    command, env = [sys.executable, *SWEEP], os.environ | {"PYTHONPATH": str(project)}
    process = subprocess.Popen(
        command, cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    metrics = folder / "runs" / f"{number:03}" / "metrics.csv"
    while not (metrics.exists() and metrics.read_text().count("\n") > 3):
        assert process.poll() is None
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.communicate()


@pytest.mark.slow
def test_a_search_of_twenty_trials_that_is_killed_has_the_trials_of_a_whole_one(
    tmp_path: Path,
) -> None:
    words = ["--task", "circle", "--with", "sweep", "--with", "compare", "--no-git"]
    project = make_project(tmp_path, "x", words)
    killed = tmp_path / "killed"
    killed.mkdir()
    for number in (7, 14):
        kill_in_trial(number, project, killed)
        assert len(list((killed / "runs").glob("0*"))) == number
    command, env = [sys.executable, *SWEEP], os.environ | {"PYTHONPATH": str(project)}
    done = subprocess.run(command, cwd=killed, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("trial 14 of 20: run 014")
    assert run_python(*SWEEP, folder=project).code == 0
    trials = read_trials(killed)
    assert trials == read_trials(project)
    assert len(trials) == 20
    table = subprocess.run(
        [sys.executable, "-m", "x", "runs"],
        cwd=killed,
        env=env,
        capture_output=True,
        text=True,
    )
    assert table.stdout.count("  10 epochs  ") == 20
