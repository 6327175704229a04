"""What serves around training in a generated project: doctor, runs, help, progress."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

from conftest import TASKS, Project, Said, make_project, run_python


def test_doctor_says_yes_to_everything_where_all_is_there(
    said: dict[str, Said],
) -> None:
    done = said["doctor"].done
    assert done.code == 0, done.out
    lines = done.out.splitlines()
    assert all(line.startswith("yes  ") for line in lines)
    for name in ("python", "torch", "device", "data", "backward", "load", "output"):
        assert any(line.startswith(f"yes  {name}: ") for line in lines)


def test_doctor_works_where_nothing_is_installed(project: Project) -> None:
    """With -S Python sees no installed package at all."""
    done = run_python("-S", "-m", project.package, "doctor", folder=project.folder)
    assert done.code == 1
    assert "no   torch: not installed; type: python -m pip install" in done.out
    assert done.err.startswith("error: ")
    assert done.err.count("\n") == 1


def test_doctor_says_what_is_wrong_with_a_table_that_is_missing(tmp_path: Path) -> None:
    table = tmp_path / "few.csv"
    table.write_text("a,b\n" + "".join(f"{n},{n * 2}\n" for n in range(40)))
    answers = [f"data={table}", "target=b", "family=regression"]
    words = [word for answer in answers for word in ("--set", answer)]
    folder = make_project(tmp_path, "x", ["--task", "tabular", "--no-git", *words])
    assert run_python("-m", "x", "doctor", folder=folder).code == 0
    (folder / "data" / "few.csv").unlink()
    done = run_python("-m", "x", "doctor", folder=folder)
    assert done.code == 1
    assert re.search(r"^no   data: .*few\.csv", done.out, re.MULTILINE)
    assert "Traceback" not in done.out + done.err


def test_runs_lists_the_trained_run(said: dict[str, Said]) -> None:
    header, run = said["runs"].done.out.splitlines()
    assert re.match(r"run +epochs +best \w+ +last \w+ +test_loss$", header)
    assert run.startswith("001 ")
    assert len(run.split()) == 5


def test_help_shows_the_settings_of_the_task_apart(
    project: Project, said: dict[str, Said]
) -> None:
    (task,) = (t for t in TASKS if f"my-{t.manifest.name}" == project.folder.name)
    _, _, groups = said["train"].done.out.partition("\ntraining:\n")
    training, _, rest = groups.partition("\ndata and model:\n")
    own, _, run = rest.partition("\nrun:\n") if rest else ("", "", groups)
    added = {
        "--" + name.replace("_", "-")
        for name, setting in task.manifest.config.items()
        if setting.help
    }
    assert set(re.findall(r"^  (--[\w-]+)", own, re.MULTILINE)) == added
    assert "--lr" in training
    assert "--resume" in run


def test_on_a_terminal_a_bar_shows_epochs_rate_loss_and_metric(
    project: Project, tmp_path: Path
) -> None:
    words = ["train", "--device", "cpu", "--epochs", "5", "--out", str(tmp_path)]
    command = [sys.executable, "-m", project.package, *words]
    bars = re.split(r"[\r\n]+", run_on_terminal(command, project.folder))
    *_, last = (bar for bar in bars if bar.startswith("5/5 |"))
    assert re.search(r"epochs/s, train_loss=\d\S*, \w+=\d\S*$", last)
    assert len(last) <= 80


def run_on_terminal(command: list[str], folder: Path) -> str:
    """Run a command on a terminal of 80 columns, and return what appears there."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 24, 80, 0, 0))
    process = subprocess.Popen(command, cwd=folder, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 65_536):
            shown += part
    except OSError:  # how Linux says that nobody writes any more
        pass
    os.close(ours)
    assert process.wait() == 0, shown.decode()
    return shown.decode()
