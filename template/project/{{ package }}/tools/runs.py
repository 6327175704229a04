"""The folders of runs: `runs/001`, `runs/002`, ..., counted, so that none is lost."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn

from .. import checkpoint
from ..device import place
from ..errors import ProjectError
from ..model import build_model
from .surroundings import restore_threads


def new_run(out: Path) -> Path:
    """Make and return the next free folder in `out`."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        return claim(out)
    except FileExistsError as error:
        raise ProjectError(f"{out} is a file; --out names a folder") from error


def discard_unused(run: Path) -> None:
    """Remove the folder of a run that failed before the end of its first epoch."""
    record = run / "metrics.csv"
    rows = record.read_bytes().count(b"\n") - 1 if record.exists() else 0
    if not is_trained(run) and rows <= 0:
        shutil.rmtree(run, ignore_errors=True)


def claim(out: Path) -> Path:
    """Make and return the folder with the next number, also beside other processes."""
    number = max((int(run.name) for run in numbered(out)), default=0)
    while True:
        number += 1
        run = out / f"{number:03}"
        try:
            run.mkdir()
        except FileExistsError:
            continue
        return run


def numbered(out: Path) -> list[Path]:
    """Return the runs in `out`, oldest first."""
    runs = [path for path in out.glob("*") if path.name.isdecimal() and path.is_dir()]
    return sorted(runs, key=lambda run: int(run.name))


def is_trained(run: Path) -> bool:
    """Return whether a run has a checkpoint; a crash may leave only the one before."""
    return (run / "last.pt").exists() or (run / "previous.pt").exists()


def is_begun(run: Path) -> bool:
    """Return whether a folder is that of a run, which may have no checkpoint yet."""
    return (run / "config.json").exists()


def find_run(
    name: str, out: Path, fitting: Callable[[Path], bool] = is_trained
) -> Path:
    """Return the run called `name`: its number or folder, "" for the newest in `out`.

    Raises ProjectError if there is no `fitting` one.
    """
    saved = [run for run in numbered(out) if fitting(run)]
    if not name:
        if not saved:
            raise ProjectError(f"there is no trained run in {out}; train first")
        return saved[-1]
    if name.isdecimal():
        found = [run for run in saved if int(run.name) == int(name)]
    else:
        found = [path for path in [Path(name)] if fitting(path)]
    if not found:
        known = ", ".join(run.name for run in saved) or "none"
        raise ProjectError(f"there is no trained run {name}; in {out}: {known}")
    return found[0]


def find_checkpoint(name: str, out: Path) -> Path:
    """Return the checkpoint called `name`: a file, or a run, as `find_run` has it."""
    return Path(name) if Path(name).is_file() else find_run(name, out) / "last.pt"


def load_newest(path: Path) -> tuple[Path, checkpoint.Checkpoint]:
    """Load the checkpoint `path`; or, if that is damaged, the one before it."""
    previous = path.with_name("previous.pt")
    try:
        return path, checkpoint.load(path)
    except ProjectError as error:
        if path.name != "last.pt" or not previous.exists():
            raise
        saved = checkpoint.load(previous)
        print(f"{error}\ntaking the one before it, {previous}", file=sys.stderr)
        return previous, saved


def trained_model(
    path: Path, device: torch.device
) -> tuple[checkpoint.Checkpoint, nn.Module]:
    """Return a checkpoint and the model that it describes, on `device`."""
    _, saved = load_newest(path)
    model = build_model(saved.config, saved.state)
    model = place(model, device, saved.config.precision)
    checkpoint.restore(saved, model)
    restore_threads(saved.surroundings[0]["threads"])
    return saved, model
