"""`python crash_injection.py PACKAGE KILLS FLAG ...`: kill and resume training.

Compares the result with that of uninterrupted training. Runs in the folder of a
project.
Training happens in forks of this process, which has trained itself and so has all
modules loaded, and it saves a hundred times as often as it would; else few kills would
fall near a save. Prints as JSON what the kills hit.
"""

import functools
import importlib
import json
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import torch

sys.path.insert(0, "")

OUT = Path("kills")
RUN = OUT / "001"


def start(work: Callable[[Callable[[], None]], int]) -> int:
    """Do work in a fork, wait until it calls what it is given; return its process."""
    heard, said = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = work(lambda: os.close(said))
        finally:
            os._exit(code)
    os.close(said)
    os.read(heard, 1)  # comes back when the other end is closed, also by the end
    os.close(heard)
    return child


def content(checkpoint: ModuleType) -> dict[str, object]:
    """Return what has to be the same at the end of two runs."""
    found: dict[str, object] = {"metrics.csv": (RUN / "metrics.csv").read_bytes()}
    for path in filter(Path.exists, (RUN / "last.pt", RUN / "best.pt")):
        saved = checkpoint.load(path)
        found[path.name] = (saved.progress, saved.model, saved.optimizer)
    return found


def same(one: object, other: object) -> bool:
    """Compare nested content bit for bit."""
    if isinstance(one, torch.Tensor):
        return isinstance(other, torch.Tensor) and torch.equal(one, other)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    if isinstance(one, (tuple, list)) and isinstance(other, (tuple, list)):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


def moment(checkpoint: ModuleType) -> str:
    """Load all checkpoints of a killed run; return which kind of moment it was."""
    last, previous, _ = paths = [RUN / f"{n}.pt" for n in ("last", "previous", "best")]
    saved = {path: checkpoint.load(path) for path in paths if path.exists()}
    if last in saved:
        return "step" if saved[last].progress.step else "epoch"
    return "between two renames" if previous in saved else "before the first save"


def prove(package: str, kills: int, flags: list[str]) -> Counter[str]:
    """Kill and resume until `kills` have hit; every run ends like the first."""
    checkpoint, interrupt, train, main = (
        importlib.import_module(f"{package}.{name}")
        for name in ("checkpoint", "tools.interrupt", "train", "__main__")
    )
    interrupt.EVERY, interrupt.SHARE = 0.05, 1
    train.save_pictures = lambda *_: []
    # Libraries with threads of their own, such as polars, do not survive a fork.
    train.load_data = functools.cache(train.load_data)
    run_epochs = train.run_epochs
    fresh = ["train", "--out", str(OUT), "--device", "cpu", *flags]
    for _ in "12":  # the first time also loads modules
        shutil.rmtree(OUT, ignore_errors=True)
        began = time.monotonic()
        assert main.main(fresh) == 0
        took = time.monotonic() - began
    expected = content(checkpoint)

    def work(words: list[str], announce: Callable[[], None]) -> int:
        def announced(*parts: object) -> None:
            announce()
            run_epochs(*parts)

        train.run_epochs = announced
        sys.stdout = sys.stderr
        return int(main.main(words))

    chance, hits = random.Random(0), Counter[str]()
    while hits.total() < kills:
        shutil.rmtree(OUT)
        words, code = fresh, -signal.SIGKILL
        while code:
            child = start(lambda announce: work(words, announce))  # noqa: B023
            time.sleep(chance.uniform(0, took))
            os.kill(child, signal.SIGKILL)
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            assert code in (0, -signal.SIGKILL), code
            words = ["train", "--out", str(OUT), "--resume"]
            hits[moment(checkpoint)] += code != 0
        assert same(content(checkpoint), expected), "the result has changed"
    return hits


if __name__ == "__main__":
    print(json.dumps(prove(sys.argv[1], int(sys.argv[2]), sys.argv[3:])))
