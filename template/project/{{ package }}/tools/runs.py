"""The folders of runs: `runs/001`, `runs/002`, ..., counted, so that none is lost."""

import json
from dataclasses import asdict
from pathlib import Path

import torch
from torch import nn

from .. import checkpoint
from ..config import Config
from ..errors import ProjectError
from ..model import build_model


def new_run(out: Path, config: Config) -> Path:
    """Make the next free folder in `out`, with the settings in its `config.json`."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        run = claim(out)
        text = json.dumps(asdict(config), indent=2)
        (run / "config.json").write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise ProjectError(f"cannot write into {out}: {error.strerror}") from error
    return run


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


def find_checkpoint(name: str, out: Path) -> Path:
    """Return the checkpoint called `name`: a file, a run's folder, its number, or ""
    for that of the newest run in `out`.
    """
    if not name:
        saved = [run / "last.pt" for run in numbered(out) if (run / "last.pt").exists()]
        if not saved:
            raise ProjectError(f"there is no trained run in {out}; train first")
        return saved[-1]
    path = out / name if (out / name).is_dir() else Path(name)
    return path / "last.pt" if path.is_dir() else path


def trained_model(
    path: Path, device: torch.device
) -> tuple[checkpoint.Checkpoint, nn.Module]:
    """Return a checkpoint and the model that it describes, on `device`."""
    saved = checkpoint.load(path)
    model = build_model(saved.config, saved.state).to(device)
    checkpoint.restore(saved, model)
    return saved, model
