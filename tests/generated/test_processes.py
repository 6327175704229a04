"""A generated project under torchrun: several processes train as one would.

The commands are those of the project's README, on CPUs.
"""

import contextlib
import csv
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest
import torch
from conftest import Done, make_project, run_python

# An odd number of examples to learn from, in one batch: the shares are uneven.
SETTINGS = ["--points", "999", "--optimizer", "sgd", "--lr", "0.1", "--device", "cpu"]
SMALL = [*SETTINGS, "--batch-size", "100", "--epochs", "60"]
FREQUENT_SAVES = Path(__file__).with_name("frequent_saves.py")


class Together(NamedTuple):
    """A project, and how two processes and one have trained it in runs 001 and 002."""

    folder: Path
    two: Done
    one: Done

    def run(self, name: str) -> Path:
        return self.folder / "runs" / name


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Together:
    folder = make_project(tmp_path_factory.mktemp("x"), "x", ["--task", "circle"])
    (command,) = (line for line in torchruns(folder) if line.endswith("=2 -m x train"))
    two = finish(start(command, *SETTINGS, folder=folder))
    assert two.code == 0, two.err
    one = run_python("-m", "x", "train", *SETTINGS, folder=folder)
    return Together(folder, two, one)


def torchruns(folder: Path) -> list[str]:
    """Return the commands with torchrun that the README of a project shows."""
    return re.findall(r"^torchrun .*", (folder / "README.md").read_text(), re.MULTILINE)


def start(
    command: str, *words: str, folder: Path, **environment: str
) -> subprocess.Popen[str]:
    """Start a command of the README with more words behind it."""
    program, *rest = command.split()
    assert program == "torchrun"
    return subprocess.Popen(
        [sys.executable, "-m", "torch.distributed.run", *rest, *words],
        cwd=folder,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> Done:
    """Wait for a process, and return how it ended."""
    out, err = process.communicate(timeout=300)
    return Done(process.returncode, out, err)


def weights(run: Path) -> dict[str, torch.Tensor]:
    """Return the parameters in the checkpoint of a run."""
    return dict(torch.load(run / "last.pt", weights_only=True)["model"])


def assert_identical(one: Path, other: Path) -> None:
    """Compare record and weights of two runs bit for bit."""
    assert (one / "metrics.csv").read_text() == (other / "metrics.csv").read_text()
    torch.testing.assert_close(weights(one), weights(other), rtol=0, atol=0)


def test_uneven_shares_give_the_parameters_of_one_process(together: Together) -> None:
    two, one = together.run("001"), together.run("002")
    torch.testing.assert_close(weights(two), weights(one), rtol=0, atol=1e-5)
    pairs = zip(figures(two), figures(one), strict=True)
    assert all(abs(first - second) < 1e-5 for first, second in pairs)
    assert len(figures(two)) == 300 * 4


def figures(run: Path) -> list[float]:
    """Return all numbers in the record of a run."""
    rows = csv.DictReader((run / "metrics.csv").read_text().splitlines())
    return [float(figure) for row in rows for figure in row.values()]


def test_only_the_first_process_prints_and_writes(together: Together) -> None:
    lines = together.two.out.splitlines()
    assert lines[0] == "device: cpu, 2 processes"
    assert lines[1:] and len(set(lines)) == len(lines)
    assert together.two.err == ""
    names = {path.name for path in together.run("001").iterdir()}
    assert names == {path.name for path in together.run("002").iterdir()}


def test_two_machines_repeat_what_two_processes_of_one_have_done(
    together: Together,
) -> None:
    """Both machines are this one; the loopback is the network between them."""
    command = on_each_machine(together.folder)
    flags = [*SETTINGS, "--out", "machines"]
    machines = [start(command, *flags, folder=together.folder) for _ in range(2)]
    for done in map(finish, machines):
        assert done.code == 0, done.err
    assert_identical(together.folder / "machines" / "001", together.run("001"))
    assert not (together.folder / "machines" / "002").exists()


def on_each_machine(folder: Path) -> str:
    """Return the command for several machines, for two with a process each."""
    (command,) = (line for line in torchruns(folder) if "--nnodes" in line)
    with socket.socket() as free:
        free.bind(("localhost", 0))
        endpoint = f"localhost:{free.getsockname()[1]}"
    assert "first-machine:29500" in command
    command = command.replace("first-machine:29500", endpoint)
    return command.replace("--nproc-per-node=2", "--nproc-per-node=1")


@pytest.fixture(scope="module")
def undisturbed(together: Together) -> Path:
    """Return the folder of a run in small batches that nothing has disturbed."""
    (command, *_) = torchruns(together.folder)
    done = finish(start(command, *SMALL, "--out", "calm", folder=together.folder))
    assert done.code == 0, done.err
    return together.folder / "calm" / "001"


def test_a_killed_process_is_started_anew_and_its_run_goes_on(
    together: Together, undisturbed: Path
) -> None:
    assert disturb(together.folder, "killed", 1, random.Random(0)) == 1
    assert_identical(together.folder / "killed" / "001", undisturbed)


@pytest.mark.slow
def test_a_run_survives_fifty_kills_of_one_process_or_another(
    together: Together, undisturbed: Path
) -> None:
    kills, launches, chance = 0, 0, random.Random(1)
    while kills < 50:
        launches += 1
        out = f"killed-{launches}"
        kills += disturb(together.folder, out, 10, chance)
        assert_identical(together.folder / out / "001", undisturbed)
    print(f"{kills} kills of a random process in {launches} launches")


@pytest.mark.slow
def test_a_restart_goes_on_with_the_run_that_was_resumed(together: Together) -> None:
    """And not with a newer one, whose settings are the same."""
    out = together.folder / "resumed"
    shutil.copytree(together.run("001"), out / "001")
    *_, command = torchruns(together.folder)
    words = ["--resume", "--epochs", "1500", "--out", "resumed"]
    torchrun = start(command, *words, folder=together.folder)
    assert grows(out / "001" / "metrics.csv", torchrun)
    shutil.copytree(together.run("001"), out / "002")
    (out / "002" / ".torchrun").write_text("none")
    record = (out / "002" / "metrics.csv").read_bytes()
    assert kill_one(torchrun, random.Random(0)) == 1
    done = finish(torchrun)
    assert done.code == 0, done.err
    assert (out / "001" / "metrics.csv").read_text().count("\n") == 1501
    assert (out / "002" / "metrics.csv").read_bytes() == record


@pytest.mark.slow
def test_a_run_goes_on_after_a_kill_on_either_of_two_machines(
    together: Together, undisturbed: Path
) -> None:
    """With the switch that the README names for restarts on several machines."""
    switch = "TORCH_DISABLE_SHARE_RDZV_TCP_STORE"
    assert f"`{switch}=1`" in (together.folder / "README.md").read_text()
    command = on_each_machine(together.folder).replace(" -m x", f" {FREQUENT_SAVES} x")
    command = command.replace("torchrun", "torchrun --max-restarts=3")
    for number in range(2):
        out = f"machine-{number}"
        words = [*SMALL, "--out", out]
        machines = [
            start(command, *words, folder=together.folder, **{switch: "1"})
            for _ in range(2)
        ]
        record = together.folder / out / "001" / "metrics.csv"
        assert grows(record, machines[number])
        assert kill_one(machines[number], random.Random(0)) == 1
        for done in map(finish, machines):
            assert done.code == 0, done.err
        assert_identical(together.folder / out / "001", undisturbed)


def disturb(folder: Path, out: str, kills: int, chance: random.Random) -> int:
    """Train, and kill a random process up to so many times; return how many it were."""
    *_, command = torchruns(folder)
    assert command.endswith("--max-restarts=3 -m x train")
    command = command.replace("=3 -m x", f"={kills} {FREQUENT_SAVES} x")
    torchrun = start(command, *SMALL, "--out", out, folder=folder)
    record, done = folder / out / "001" / "metrics.csv", 0
    while done < kills and grows(record, torchrun):
        time.sleep(chance.uniform(0, 0.2))
        done += kill_one(torchrun, chance)
    ended = finish(torchrun)
    assert ended.code == 0, ended.err
    assert [path.name for path in (folder / out).iterdir()] == ["001"]
    return done


def grows(record: Path, process: subprocess.Popen[str]) -> bool:
    """Wait until a file grows; return whether it did before the process ended."""
    known = length(record)
    while process.poll() is None:
        before, known = known, length(record)
        if known > before:
            return True
        time.sleep(0.005)
    return False


def length(path: Path) -> int:
    """Return the size of a file in bytes, 0 if there is none."""
    return path.stat().st_size if path.exists() else 0


def workers(process: subprocess.Popen[str]) -> list[int]:
    """Return the processes that torchrun has started."""
    found = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True)
    return [int(number) for number in found.stdout.split()]


def kill_one(process: subprocess.Popen[str], chance: random.Random) -> int:
    """Kill one of the processes that torchrun has started; return how many it were."""
    alive = workers(process)
    for number in alive and [chance.choice(alive)]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
            return 1
    return 0


def test_a_signal_to_one_process_stops_all_after_the_same_step(
    together: Together, undisturbed: Path
) -> None:
    """And what they have saved goes on to the numbers of an undisturbed run."""
    (command, *_) = torchruns(together.folder)
    out = ["--out", "stopped"]
    run = together.folder / "stopped" / "001"
    torchrun = start(command, *SMALL, *out, folder=together.folder)
    assert grows(run / "metrics.csv", torchrun)
    os.kill(workers(torchrun)[-1], signal.SIGTERM)
    done = finish(torchrun)
    assert done.code != 0
    assert done.err.count("stopped; `train --resume` goes on from here") == 1
    assert str(together.folder) not in done.err  # as in a traceback of its code
    assert 0 < length(run / "metrics.csv") < length(undisturbed / "metrics.csv")
    resumed = finish(start(command, "--resume", *out, folder=together.folder))
    assert resumed.code == 0, resumed.err
    assert_identical(run, undisturbed)


def test_a_run_of_two_processes_goes_on_with_one(together: Together) -> None:
    shutil.copytree(together.folder / "runs", together.folder / "more")
    resume = ("-m", "x", "train", "--out", "more", "--epochs", "302", "--resume")
    for name in ("1", "2"):
        done = run_python(*resume, name, folder=together.folder)
        assert done.code == 0, done.err
    two, one = (weights(together.folder / "more" / name) for name in ("001", "002"))
    torch.testing.assert_close(two, one, rtol=0, atol=1e-5)


def test_a_mistake_is_said_once_and_ends_all_processes(together: Together) -> None:
    (command, *_) = torchruns(together.folder)
    words = ["--resume", "7", "--out", "nowhere"]
    done = finish(start(command, *words, folder=together.folder))
    assert done.code != 0
    assert done.err.count("error: there is no trained run 7") == 1
    assert not (together.folder / "nowhere").exists()
