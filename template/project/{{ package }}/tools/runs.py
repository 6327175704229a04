"""The folders of runs: `runs/001`, `runs/002`, ..., counted, so that none is lost."""

import json
import shutil
from dataclasses import asdict
from pathlib import Path

import torch
from torch import nn

from .. import checkpoint
from ..config import Config
from ..errors import ProjectError
from ..model import build_model


def new_run(out: Path) -> Path:
    """Make and return the next free folder in `out`."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        return claim(out)
    except FileExistsError as error:
        raise ProjectError(f"{out} is a file; --out names a folder") from error


def write_config(run: Path, config: Config) -> None:
    """Write the settings of a run into its `config.json`."""
    text = json.dumps(asdict(config), indent=2)
    (run / "config.json").write_text(text + "\n", encoding="utf-8")


def discard_unused(run: Path) -> None:
    """Remove the folder of a run that failed before its first epoch."""
    if not (run / "metrics.csv").exists():
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


def find_run(name: str, out: Path) -> Path:
    """Return the run called `name`: its number or folder, "" for the newest in `out`.

    Raises ProjectError if there is none that has a checkpoint.
    """
    saved = [run for run in numbered(out) if (run / "last.pt").exists()]
    if not name:
        if not saved:
            raise ProjectError(f"there is no trained run in {out}; train first")
        return saved[-1]
    if name.isdecimal():
        found = [run for run in saved if int(run.name) == int(name)]
    else:
        found = [path for path in [Path(name)] if (path / "last.pt").exists()]
    if not found:
        known = ", ".join(run.name for run in saved) or "none"
        raise ProjectError(f"there is no trained run {name}; in {out}: {known}")
    return found[0]


def find_checkpoint(name: str, out: Path) -> Path:
    """Return the checkpoint called `name`: a file, or a run, as `find_run` has it."""
    return Path(name) if Path(name).is_file() else find_run(name, out) / "last.pt"


def trained_model(
    path: Path, device: torch.device
) -> tuple[checkpoint.Checkpoint, nn.Module]:
    """Return a checkpoint and the model that it describes, on `device`."""
    saved = checkpoint.load(path)
    model = build_model(saved.config, saved.state).to(device)
    checkpoint.restore(saved, model)
    return saved, model
