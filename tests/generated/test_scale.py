"""The feature scale: several processes train like one, and runs survive crashes.

The commands are those of the project's README, on CPUs. Each test trains in a folder of
its own, so that its runs are the only ones there.
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
from conftest import make_project
from warm import run_module

FREQUENT_SAVES = Path(__file__).with_name("frequent_saves.py")
# 799 training examples in one batch, or in batches of 100: the shards are uneven.
FULL_BATCH = "--n-samples 999 --optimizer sgd --lr 0.1 --epochs 100 --device cpu"
BATCHES = f"{FULL_BATCH} --batch-size 100"
LONG = "--epochs 150 --batch-size 32 --device cpu"
RESTART_SWITCH = "TORCH_DISABLE_SHARE_RDZV_TCP_STORE"


class Result(NamedTuple):
    """Exit code and output of a command."""

    code: int
    out: str
    err: str


class Project(NamedTuple):
    """A generated project, and commands that run in another folder."""

    folder: Path

    def start(self, cwd: Path, *words: str, **env: str) -> subprocess.Popen[str]:
        cwd.mkdir(exist_ok=True)
        return subprocess.Popen(
            [sys.executable, *words],
            cwd=cwd,
            env=os.environ | {"PYTHONPATH": str(self.folder)} | env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def train(self, cwd: Path, flags: str) -> Result:
        cwd.mkdir(exist_ok=True)
        return Result(*run_module(["x", "train", *flags.split()], cwd, self.folder))

    def start_training(self, cwd: Path, flags: str) -> subprocess.Popen[str]:
        """Start training that saves often."""
        return self.start(cwd, str(FREQUENT_SAVES), "x", "train", *flags.split())

    def torchruns(self) -> list[str]:
        """Return the commands with torchrun that the README shows."""
        text = (self.folder / "README.md").read_text()
        return re.findall(r"^torchrun (.*)", text, re.MULTILINE)

    def torchrun(
        self, cwd: Path, flags: str, options: str = "", save_often: bool = False
    ) -> subprocess.Popen[str]:
        """Start the first command of the README, with more options."""
        return self.launch(cwd, f"{options} {self.torchruns()[0]} {flags}", save_often)

    def launch(
        self, cwd: Path, command: str, save_often: bool = False, **env: str
    ) -> subprocess.Popen[str]:
        assert " -m x train" in command
        if save_often:
            command = command.replace(" -m x", f" {FREQUENT_SAVES} x")
        words = ("-m", "torch.distributed.run", *command.split())
        return self.start(cwd, *words, **env)


def finish(process: subprocess.Popen[str]) -> Result:
    out, err = process.communicate(timeout=300)
    return Result(process.returncode, out, err)


def assert_success(result: Result) -> None:
    assert result.code == 0, result.err


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    words = ["--task", "circle", "--with", "scale", "--no-git"]
    return Project(make_project(tmp_path_factory.mktemp("scale"), "x", words))


def checkpoint(folder: Path, run: str = "001") -> dict:
    return torch.load(folder / "runs" / run / "last.pt", weights_only=True)


def metrics(folder: Path, run: str = "001") -> str:
    return (folder / "runs" / run / "metrics.csv").read_text()


def numbers(text: str) -> list[float]:
    rows = csv.DictReader(text.splitlines())
    return [float(value) for row in rows for value in row.values()]


def assert_identical(one: Path, other: Path) -> None:
    """Compare metrics, parameters and optimizer state bit for bit."""
    assert metrics(one) == metrics(other)
    for key in ("epochs", "model", "optimizer"):
        expected = checkpoint(other)[key]
        torch.testing.assert_close(checkpoint(one)[key], expected, rtol=0, atol=0)


def assert_close(one: Path, other: Path) -> float:
    """Compare parameters and metrics; return the largest difference of parameters."""
    first, second = checkpoint(one)["model"], checkpoint(other)["model"]
    torch.testing.assert_close(first, second, rtol=0, atol=1e-5)
    expected = pytest.approx(numbers(metrics(other)), rel=0, abs=1e-5)
    assert numbers(metrics(one)) == expected
    return max(float((first[name] - second[name]).abs().max()) for name in first)


# One process


@pytest.mark.parametrize(
    ("task", "flags"),
    [
        ("circle", "--epochs 10 --batch-size 32 --device cpu"),
        pytest.param(
            "tabular",
            "--epochs 5 --batch-size 16 --dropout 0.3 --device cpu",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_one_process_has_the_numbers_of_the_core(
    task: str, flags: str, tmp_path: Path
) -> None:
    folders = []
    for words in ([], ["--with", "scale"]):
        home = tmp_path / ("scale" if words else "core")
        home.mkdir()
        words = ["--task", task, *words, "--no-git"]
        folders.append(Project(make_project(home, "x", words)).folder)
    for folder in folders:
        assert_success(Project(folder).train(folder, flags))
    assert_identical(*folders)


@pytest.fixture(scope="module")
def uninterrupted(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("uninterrupted")
    assert_success(project.train(folder, LONG))
    return folder


def stop_and_resume(
    project: Project, folder: Path, signums: list[int], chance: random.Random
) -> list[int]:
    """Train, stopped by each of the signals; return the steps of the checkpoints."""
    steps, flags = [], LONG
    pending = list(signums)
    while True:
        process = project.start_training(folder, flags)
        if not pending or not wait_for_save(folder, process):
            assert_success(finish(process))
            return steps
        time.sleep(chance.uniform(0, 0.3))
        process.send_signal(pending[0])
        result = finish(process)
        if result.code == 0:  # it had finished already
            return steps
        signum = pending.pop(0)
        expected = -signum if signum == signal.SIGKILL else 128 + signum
        assert result.code == expected, result.err
        assert "Traceback" not in result.err
        steps.append(load_any(folder)["train_state"]["step"])
        flags = "--resume"


def load_any(folder: Path) -> dict:
    """Load last.pt; or, after a crash between two renames, previous.pt."""
    paths = [folder / "runs" / "001" / name for name in ("last.pt", "previous.pt")]
    return torch.load(next(filter(Path.exists, paths)), weights_only=True)


def wait_for_save(folder: Path, process: subprocess.Popen[str]) -> bool:
    """Wait for a new checkpoint; return whether there was one before the end."""
    path = folder / "runs" / "001" / "last.pt"
    before = modified(path)
    while process.poll() is None:
        if modified(path) != before:
            return True
        time.sleep(0.005)
    return False


def modified(path: Path) -> int:
    with contextlib.suppress(FileNotFoundError):
        return path.stat().st_mtime_ns
    return 0


@pytest.mark.parametrize(
    "signums",
    [
        [signal.SIGKILL, signal.SIGTERM],
        pytest.param([signal.SIGINT, signal.SIGTERM] * 2, marks=pytest.mark.slow),
    ],
)
def test_a_stopped_run_resumes_within_the_epoch_exactly(
    signums: list[int], project: Project, uninterrupted: Path, tmp_path: Path
) -> None:
    steps = stop_and_resume(project, tmp_path, signums, random.Random(0))
    assert any(steps)
    assert_identical(tmp_path, uninterrupted)


@pytest.mark.slow
def test_twenty_kills_change_no_number(
    project: Project, uninterrupted: Path, tmp_path: Path
) -> None:
    chance, steps, launches = random.Random(1), [], 0
    while len(steps) < 20:
        launches += 1
        folder = tmp_path / str(launches)
        kills = [signal.SIGKILL] * (20 - len(steps))
        steps += stop_and_resume(project, folder, kills, chance)
        assert_identical(folder, uninterrupted)
    within = sum(step > 0 for step in steps)
    print(f"{len(steps)} kills in {launches} runs, {within} saved within an epoch")
    assert within > 10


@pytest.mark.slow
def test_schedule_and_clipping_resume_within_the_epoch_exactly(tmp_path: Path) -> None:
    words = ["--task", "circle", "--no-git", "--set", "schedule=one-cycle"]
    words += ["--with", "scale", "--with", "schedule", "--with", "clip"]
    project = Project(make_project(tmp_path, "x", words))
    assert_success(project.train(tmp_path / "whole", LONG))
    signums = [signal.SIGTERM, signal.SIGKILL]
    steps = stop_and_resume(project, tmp_path / "parts", signums, random.Random(2))
    assert any(steps)
    assert_identical(tmp_path / "parts", tmp_path / "whole")


def test_a_run_is_trained_by_one_process(project: Project, tmp_path: Path) -> None:
    first = project.start_training(tmp_path, LONG.replace("150", "100000"))
    try:
        assert wait_for_save(tmp_path, first)
        second = project.train(tmp_path, "--resume")
    finally:
        first.kill()
        first.communicate()
    assert second.code == 1
    assert second.err == "error: another process is training runs/001\n"


@pytest.mark.slow
def test_bf16_evaluates_to_the_metrics_of_training(
    project: Project, tmp_path: Path
) -> None:
    flags = "--precision bf16 --epochs 40 --device cpu"
    assert_success(project.train(tmp_path, flags))
    *_, loss, accuracy = numbers(metrics(tmp_path))
    words = ("-m", "x", "evaluate")
    line = finish(project.start(tmp_path, *words)).out.split()
    assert (line[2], line[4]) == (f"{loss:.4g}", f"{accuracy:.4g}")


@pytest.mark.slow
def test_a_compiled_run_resumes_exactly(project: Project, tmp_path: Path) -> None:
    whole, resumed = tmp_path / "whole", tmp_path / "resumed"
    flags = "--compile --batch-size 300 --device cpu --epochs"  # 300, 300, 200 rows
    assert_success(project.train(whole, f"{flags} 4"))
    assert_success(project.train(resumed, f"{flags} 2"))
    assert_success(project.train(resumed, "--resume --epochs 4"))
    assert_identical(whole, resumed)


STREAM = """
import re
from pathlib import Path
import numpy as np
import torch
from x.distributed.memmap import MemmapDataset
from x.engine import evaluate, make_dataloader

ROWS, COLUMNS = 1_000_000, 64  # 256 MB
x = np.lib.format.open_memmap("x.npy", "w+", np.float32, (ROWS, COLUMNS))
x[:, 0] = np.arange(ROWS)
x.flush()
np.save("y.npy", np.arange(ROWS, dtype=np.float32))
del x
files = [np.load(name, mmap_mode="c") for name in ("x.npy", "y.npy")]
dataset = MemmapDataset(*map(torch.from_numpy, files))

def anonymous():
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"RssAnon:\\s+(\\d+)", status)[1])

seen, most, before = torch.zeros(ROWS), 0, anonymous()
spans = []
for x, y in make_dataloader(dataset, 1_000):
    assert torch.equal(x[:, 0], y)
    seen[y.long()] += 1
    most = max(most, anonymous())
    spans.append(y.max() - y.min())


class FirstColumn(torch.nn.Module):
    def forward(self, x):
        global most
        most = max(most, anonymous())
        return x[:, 0]


def loss_fn(outputs, y):
    return (outputs - y).abs().mean()


args = make_dataloader(dataset), loss_fn, torch.device("cpu")
assert evaluate(FirstColumn(), *args)[0] == 0
assert seen.min() == seen.max() == 1, "each example once"
assert len(spans) == 1_000
assert min(spans) > ROWS / 2, "shuffled"
print((most - before) // 1024)
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")
def test_data_larger_than_memory_are_read_once_an_epoch(
    project: Project, tmp_path: Path
) -> None:
    result = finish(project.start(tmp_path, "-W", "ignore", "-c", STREAM))
    assert_success(result)
    print(f"{result.out.strip()} MB of memory for a file of 256 MB")
    assert int(result.out) < 64


DAMAGE = """
import sys
from pathlib import Path
import torch
from x import checkpoint
from x.config import Config
from x.model import build_model

path = Path("damaged.pt")
whole = Path("runs/001/last.pt").read_bytes()
expected = build_model(Config())
checkpoint.load(Path("runs/001/last.pt"), expected)
noticed = tried = 0
for place in range(0, len(whole), 29):
    tried += 1
    path.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
    model = build_model(Config())
    try:
        checkpoint.load(path, model)
    except SystemExit:
        noticed += 1
        continue
    for name, value in model.state_dict().items():
        assert torch.equal(value, expected.state_dict()[name]), place
print(noticed, tried)
"""


@pytest.mark.slow
def test_a_flipped_bit_is_noticed_or_changes_nothing(
    project: Project, tmp_path: Path
) -> None:
    assert_success(project.train(tmp_path, "--epochs 2 --device cpu"))
    result = finish(project.start(tmp_path, "-W", "ignore", "-c", DAMAGE))
    assert_success(result)
    noticed, tried = map(int, result.out.split())
    print(f"{noticed} of {tried} flipped bits noticed")
    assert noticed > tried / 3


# Several processes


def test_two_processes_train_like_one(project: Project, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    result = finish(project.torchrun(two, FULL_BATCH))
    assert_success(result)
    assert_success(project.train(one, FULL_BATCH))
    print(f"largest difference {assert_close(two, one):.1e}")
    lines = result.out.splitlines()
    assert lines[-1].startswith("saved plot: ")
    assert len(lines) == len(set(lines))  # only rank 0 prints
    names = [{p.name for p in (d / "runs" / "001").iterdir()} for d in (one, two)]
    assert names[0] == names[1]


@pytest.mark.slow
def test_only_rank_0_writes_for_the_tracker(tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    words = ["--task", "circle", "--no-git", "--with", "scale", "--with", "tracking"]
    project = Project(make_project(tmp_path, "x", words))
    assert_success(finish(project.torchrun(tmp_path, FULL_BATCH.replace("100", "3"))))
    (file,) = (tmp_path / "runs" / "001" / "tensorboard").glob("events.*")
    events = EventAccumulator(str(file)).Reload()
    assert [event.step for event in events.Scalars("test_loss")] == [0, 1, 2]


@pytest.fixture(scope="module")
def two_processes(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run in batches that nothing has interrupted."""
    folder = tmp_path_factory.mktemp("two-processes")
    assert_success(finish(project.torchrun(folder, BATCHES)))
    return folder


def kill_workers(
    project: Project, folder: Path, kills: int, chance: random.Random
) -> int:
    """Train, and kill a random worker up to `kills` times; return how many were."""
    options = f"--max-restarts={kills}"
    torchrun = project.torchrun(folder, BATCHES, options, save_often=True)
    done = 0
    while done < kills and wait_for_growth(folder, torchrun):
        time.sleep(chance.uniform(0, 0.2))
        done += kill_one(torchrun, chance)
    assert_success(finish(torchrun))
    assert [path.name for path in (folder / "runs").iterdir()] == ["001"]
    return done


def wait_for_growth(folder: Path, process: subprocess.Popen[str]) -> bool:
    """Wait until metrics.csv grows; return whether it did before the end."""
    path = folder / "runs" / "001" / "metrics.csv"
    size = path.stat().st_size if path.exists() else 0
    while process.poll() is None:
        before, size = size, path.stat().st_size if path.exists() else 0
        if size > before:
            return True
        time.sleep(0.005)
    return False


def workers(torchrun: subprocess.Popen[str]) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(torchrun.pid)], capture_output=True)
    return [int(pid) for pid in found.stdout.split()]


def kill_one(torchrun: subprocess.Popen[str], chance: random.Random) -> int:
    """Kill a random worker; return how many were killed."""
    alive = workers(torchrun)
    for pid in alive and [chance.choice(alive)]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            return 1
    return 0


@pytest.mark.slow
def test_a_killed_worker_is_restarted_and_the_run_resumes(
    project: Project, two_processes: Path, tmp_path: Path
) -> None:
    assert kill_workers(project, tmp_path, 1, random.Random(0)) == 1
    assert_identical(tmp_path, two_processes)


@pytest.mark.slow
def test_twenty_kills_of_random_workers_change_no_number(
    project: Project, two_processes: Path, tmp_path: Path
) -> None:
    kills, launches, chance = 0, 0, random.Random(1)
    while kills < 20:
        launches += 1
        folder = tmp_path / str(launches)
        kills += kill_workers(project, folder, 20 - kills, chance)
        assert_identical(folder, two_processes)
    print(f"{kills} kills of a random worker in {launches} launches")


@pytest.mark.slow
def test_a_restart_continues_the_run_that_was_resumed(
    project: Project, two_processes: Path, tmp_path: Path
) -> None:
    """And not a later one with the same hyperparameters."""
    shutil.copytree(two_processes / "runs", tmp_path / "runs")
    flags, options = "--resume --epochs 1000", "--max-restarts=1"
    torchrun = project.torchrun(tmp_path, flags, options, save_often=True)
    assert wait_for_growth(tmp_path, torchrun)
    later = tmp_path / "runs" / "002"
    shutil.copytree(two_processes / "runs" / "001", later)
    before = metrics(tmp_path, "002")
    assert kill_one(torchrun, random.Random(0)) == 1
    assert_success(finish(torchrun))
    assert metrics(tmp_path).count("\n") == 1001
    assert metrics(tmp_path, "002") == before


@pytest.mark.slow
def test_a_signal_to_one_worker_stops_all_after_the_same_step(
    project: Project, two_processes: Path, tmp_path: Path
) -> None:
    torchrun = project.torchrun(tmp_path, BATCHES)
    assert wait_for_growth(tmp_path, torchrun)
    os.kill(workers(torchrun)[-1], signal.SIGTERM)
    result = finish(torchrun)
    assert result.code != 0
    assert result.err.count("interrupted; continue with") == 1
    assert str(project.folder) not in result.err  # as in a traceback of its code
    assert metrics(tmp_path).count("\n") < metrics(two_processes).count("\n")
    assert_success(finish(project.torchrun(tmp_path, "--resume")))
    assert_identical(tmp_path, two_processes)


@pytest.mark.slow
def test_a_run_of_two_processes_is_resumed_by_one(
    project: Project, two_processes: Path, tmp_path: Path
) -> None:
    for name in ("two", "one"):
        shutil.copytree(two_processes / "runs", tmp_path / name / "runs")
    flags = "--resume --epochs 110"
    assert_success(finish(project.torchrun(tmp_path / "two", flags)))
    assert_success(project.train(tmp_path / "one", flags))
    assert_close(tmp_path / "one", tmp_path / "two")


@pytest.mark.slow
def test_an_error_is_printed_once_and_ends_all_processes(
    project: Project, tmp_path: Path
) -> None:
    result = finish(project.torchrun(tmp_path, "--resume"))
    assert result.code != 0
    assert result.err.count("error: no trained run") == 1
    assert not (tmp_path / "runs").exists()


# Two machines: both are this one, and the loopback device is their network


def on_each_machine(project: Project, options: str = "") -> str:
    """Return the command of the README for several machines, with one process each."""
    (command,) = (line for line in project.torchruns() if "--nnodes=2" in line)
    with socket.socket() as free:
        free.bind(("localhost", 0))
        endpoint = f"localhost:{free.getsockname()[1]}"
    assert "first-machine:29500" in command
    command = command.replace("first-machine:29500", endpoint)
    return f"{options} " + command.replace("--nproc-per-node=2", "--nproc-per-node=1")


@pytest.mark.slow
def test_two_machines_have_the_numbers_of_two_processes(
    project: Project, two_processes: Path, tmp_path: Path
) -> None:
    command = f"{on_each_machine(project)} {BATCHES}"
    for machine in [project.launch(tmp_path, command) for _ in range(2)]:
        assert_success(finish(machine))
    assert_identical(tmp_path, two_processes)
    assert not (tmp_path / "runs" / "002").exists()


@pytest.mark.slow
@pytest.mark.parametrize("victim", [0, 1])
def test_a_kill_on_either_of_two_machines_changes_no_number(
    victim: int, project: Project, two_processes: Path, tmp_path: Path
) -> None:
    assert f"`{RESTART_SWITCH}=1`" in (project.folder / "README.md").read_text()
    command = f"{on_each_machine(project, '--max-restarts=3')} {BATCHES}"
    env = {RESTART_SWITCH: "1"}
    machines = [project.launch(tmp_path, command, True, **env) for _ in range(2)]
    assert wait_for_growth(tmp_path, machines[victim])
    assert kill_one(machines[victim], random.Random(0)) == 1
    for machine in machines:
        assert_success(finish(machine))
    assert_identical(tmp_path, two_processes)
