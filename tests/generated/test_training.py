"""Training of generated projects: exact to the step, whole files, bounded memory."""

import json
import os
import re
import shutil
from pathlib import Path

import pytest
from conftest import Done, make_project, run_python

CRASHES = Path(__file__).parent / "crash_injection.py"
FLAGS = {  # a task, and a run of it that is short but has moments of each kind
    "line": "--epochs 2000",
    "circle": "--epochs 60 --batch-size 32",
    "digits": "--epochs 12 --batch-size 64",
    "tabular": "--epochs 200 --batch-size 16 --patience 10 --dropout 0.2",
}


@pytest.mark.slow
@pytest.mark.parametrize("task", FLAGS)
def test_fifty_kills_change_no_result_and_damage_no_checkpoint(
    task: str, tmp_path: Path
) -> None:
    folder = make_project(tmp_path, "x", ["--task", task, "--no-git"])
    done = run_python(CRASHES, "x", "50", *FLAGS[task].split(), folder=folder)
    assert done.code == 0, done.err
    hits = json.loads(done.out.splitlines()[-1])
    print(task, hits)
    assert sum(hits.values()) >= 50
    assert hits["epoch" if task == "line" else "step"] > 10


@pytest.fixture(scope="module")
def circle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project of the task circle, with one short run on the CPU."""
    words = ["--task", "circle", "--no-git"]
    folder = make_project(tmp_path_factory.mktemp("circle"), "x", words)
    assert train(folder, "--epochs 2 --batch-size 32").code == 0
    return folder


TRAIN = """
import sys
from x.__main__ import main

codes = [main(["train", "--device", "cpu", *line.split()]) for line in sys.argv[1:]]
sys.exit(max(codes))
"""


def train(folder: Path, *lines: str) -> Done:
    """Train once for each line of flags, in one process."""
    return run_python("-c", TRAIN, *lines, folder=folder)


def record(folder: Path, out: str) -> str:
    return (folder / out / "001" / "metrics.csv").read_text()


DAMAGE = """
import sys
from pathlib import Path
import torch
from x.checkpoint import load
from x.errors import ProjectError

whole = Path("runs/001/last.pt").read_bytes()
expected = load(Path("runs/001/last.pt"))
path, noticed = Path("damaged.pt"), 0
for place in range(int(sys.argv[1]), len(whole), 13):
    path.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
    try:
        found = load(path)
    except ProjectError:
        noticed += 1
        continue
    torch.testing.assert_close(found.model, expected.model, rtol=0, atol=0)
    torch.testing.assert_close(found.optimizer, expected.optimizer, rtol=0, atol=0)
    assert (found.config, found.progress) == (expected.config, expected.progress)
print(noticed, len(range(0, len(whole), 13)))
"""


def test_a_flipped_bit_is_noticed_or_changes_nothing(circle: Path) -> None:
    done = run_python("-W", "ignore", "-c", DAMAGE, "0", folder=circle)
    assert done.code == 0, done.err
    noticed, tried = map(int, done.out.split())
    assert noticed > tried / 3


STREAM = """
import re
from pathlib import Path
import numpy as np
import torch
from x.config import Config
from x.contract import Mapped, Progress
from x.engine import batches

ROWS, COLUMNS = 1_000_000, 64  # 256 MB
x = np.lib.format.open_memmap("x.npy", "w+", np.float32, (ROWS, COLUMNS))
x[:, 0] = np.arange(ROWS)
x.flush()
np.save("y.npy", np.arange(ROWS, dtype=np.float32))
del x
split = Mapped(*(torch.from_numpy(np.load(f"{n}.npy", mmap_mode="c")) for n in "xy"))

def anonymous():
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"RssAnon:\\s+(\\d+)", status)[1])

seen, most, spans, before = torch.zeros(ROWS), 0, [], anonymous()
for x, y, _ in batches(split, Config(batch_size=1000), Progress(), torch.device("cpu")):
    assert torch.equal(x[:, 0], y)
    seen[y.long()] += 1
    most = max(most, anonymous())
    spans.append(y.max() - y.min())
assert seen.min() == seen.max() == 1, "each example once"
assert len(spans) == 1000
assert min(spans) > ROWS / 2, "mixed"
print((most - before) // 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")
def test_mapped_data_is_shown_once_an_epoch_in_bounded_memory(circle: Path) -> None:
    done = run_python("-W", "ignore", "-c", STREAM, folder=circle)
    assert done.code == 0, done.err
    assert int(done.out) < 64  # megabytes, where the file has 256


MAPPED = """
    import numpy as np
    from .contract import Mapped

    np.save("x.npy", x_train.numpy())
    np.save("y.npy", y_train.numpy())
    files = [np.load(name, mmap_mode="c") for name in ("x.npy", "y.npy")]
    train = Mapped(*map(torch.from_numpy, files))
    return Data(train, Split(x_test, y_test), None, state)
"""


def test_a_task_may_return_mapped_data(circle: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(circle, tmp_path / "mapped")
    data = folder / "x" / "data.py"
    *begin, _ = data.read_text().partition("    return Data(")[0].rpartition("\n")
    rest = data.read_text().partition("state)\n")[2]
    data.write_text("".join(begin) + MAPPED + rest)
    done = train(
        folder,
        "--out whole --epochs 4 --batch-size 32",
        "--out parts --epochs 2 --batch-size 32",
        "--out parts --epochs 4 --resume",
    )
    assert done.code == 0, done.err
    assert record(folder, "whole") == record(folder, "parts")
    refused = train(folder, "--batch-size 0")
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert "streamed" in refused.err


def test_half_precision_trains_and_evaluates_to_the_same_figures(circle: Path) -> None:
    done = train(circle, "--out half --precision bf16 --epochs 100")
    assert done.code == 0, done.err
    figures = re.search(r"^trained: +(.*)", done.out, re.M)
    assert figures and float(figures[1].split()[-1]) > 0.9
    words = ("-m", "x", "evaluate", "--device", "cpu", "--out", "half")
    assert run_python(*words, folder=circle).out.splitlines()[-1] == figures[1]


@pytest.mark.slow
def test_a_compiled_run_resumes_exactly(circle: Path) -> None:
    flags = "--compile --batch-size 300 --epochs"  # 300, 300 and 200 rows in a step
    done = train(circle, f"--out compiled {flags} 4", f"--out resumed {flags} 2")
    assert done.code == 0, done.err
    assert train(circle, "--out resumed --resume --epochs 4").code == 0
    assert record(circle, "compiled") == record(circle, "resumed")


def test_without_a_compiler_compile_says_so_in_a_line(
    circle: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CXX", "no-such-compiler")
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path))
    done = train(circle, "--out failed --compile")
    assert (done.code, done.err.count("\n")) == (1, 1), done.err
    assert "no compiler that works" in done.err
    assert not any((circle / "failed").iterdir())


def test_patience_stops_when_validation_gains_no_more(tmp_path: Path) -> None:
    folder = make_project(tmp_path, "x", ["--task", "tabular", "--no-git"])
    assert train(folder, "--patience 3 --lr 0.02 --epochs 300").code == 0
    header, *lines = record(folder, "runs").splitlines()
    assert header.endswith("validation_loss")
    losses = [float(line.rsplit(",", 1)[1]) for line in lines]
    assert 3 < len(losses) < 300
    assert losses.index(min(losses)) == len(losses) - 4
    again = train(folder, "--resume")
    assert again.code == 0
    assert len(record(folder, "runs").splitlines()) == len(lines) + 1


def test_patience_is_refused_where_nothing_is_validated(circle: Path) -> None:
    done = train(circle, "--out refused --patience 3")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "needs validation data" in done.err
    assert not any((circle / "refused").iterdir())


def test_a_run_killed_before_its_first_save_begins_anew(circle: Path) -> None:
    assert train(circle, "--out anew --epochs 3").code == 0
    expected = record(circle, "anew")
    for path in (circle / "anew" / "001").glob("*.pt"):
        path.unlink()
    assert train(circle, "--out anew --resume").code == 0
    assert record(circle, "anew") == expected


def test_after_damage_a_run_goes_on_from_the_checkpoint_before(circle: Path) -> None:
    assert train(circle, "--out whole --epochs 4", "--out hurt --epochs 2").code == 0
    run = circle / "hurt" / "001"
    shutil.copy(run / "last.pt", run / "previous.pt")
    os.truncate(run / "last.pt", 1000)
    done = train(circle, "--out hurt --resume --epochs 4")
    assert done.code == 0, done.err
    assert "taking the one before it" in done.err
    assert record(circle, "whole") == record(circle, "hurt")
