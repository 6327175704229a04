"""The feature tracking: readers of TensorBoard and Trackio find what was trained.

What they find is compared with metrics.csv by the project's own tests, which run for
TensorBoard with all other features. Here they run for Trackio.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import make_project
from own_tests import failures, run_own_tests

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a project that uses Trackio."""
    path = tmp_path_factory.mktemp("trackio")
    words = ["--task", "circle", "--with", "tracking", "--set", "tracker=trackio"]
    folder = make_project(path, "tracked", [*words, "--no-git"])
    return folder.rename(path / "tracked-project").parent


def test_trackio_has_the_numbers_of_the_metrics(home: Path) -> None:
    results = run_own_tests(home)["tracked"]
    assert any("test_a_resumed_run_continues_its_curve" in r.name for r in results)
    assert not failures(results)


def test_trackio_writes_into_the_folder_of_runs_only(home: Path) -> None:
    train = ["-m", "tracked", "train", "--epochs", "2", "--device", "cpu"]
    run(train, home, home / "tracked-project")
    assert (home / "tracked-project/runs/trackio/tracked.db").exists()
    assert not (home / ".cache/huggingface/trackio").exists()


def test_the_readme_imports_metrics_of_any_project_into_trackio(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text()
    (command,) = re.findall(r"^sed .*trackio.*$", readme, re.MULTILINE)
    (tmp_path / "runs/001").mkdir(parents=True)
    rows = "epoch,train_loss,test_loss,test_mae\n0,1.5,2.5,0.5\n1,1.25,2.25,0.25\n"
    (tmp_path / "runs/001/metrics.csv").write_text(rows)
    run(["-c", f"import os, sys; sys.exit(os.system({command!r}))"], tmp_path, tmp_path)
    read = "from trackio.sqlite_storage import SQLiteStorage as s; "
    read += "print(s.get_logs('my-circle', '001'))"
    out = run(["-c", read], tmp_path, tmp_path)
    for text in ("'trainloss': 1.25", "'testmae': 0.25", "'step': 1"):
        assert text in out


def run(words: list[str], home: Path, folder: Path) -> str:
    """Run this Python in a folder, with another home directory; return its output."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    env = os.environ | {"HOME": str(home), "PATH": path}
    command = [sys.executable, *words]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout
