"""Save a run and load it again: its config.json and its checkpoint."""

import json
import subprocess
import sys
from pathlib import Path

import torch
from torch import nn
from torch.optim import Optimizer

from .config import Config
from .engine import get_device
from .model import build_model

MODEL_CODE = Path(__file__).with_name("model.py").read_text(encoding="utf-8")
RUNS = Path("runs")


def create_run(config: Config) -> Path:
    """Make the next folder in runs/, with `config` and Git commit in config.json."""
    numbers = [int(run.name) for run in RUNS.glob("*") if run.name.isdecimal()]
    run = RUNS / f"{max(numbers, default=0) + 1:03}"
    run.mkdir(parents=True)
    failed, git = subprocess.getstatusoutput("git rev-parse HEAD && git status -s")
    commit, *changes = [None] if failed else git.splitlines()
    content = {"git_commit": commit, "git_dirty": bool(changes)} | config.model_dump()
    (run / "config.json").write_text(json.dumps(content, indent=2))
    return run


def save(path: Path, epochs: int, model: nn.Module, optimizer: Optimizer) -> None:
    """Write a checkpoint atomically: if writing fails, the previous one remains."""
    tmp = path.with_suffix(".tmp")
    ### BEGIN SOLUTION: save
    # why: the state_dict, not the model: a pickled model only loads with the same code.
    checkpoint = {
        "epochs": epochs,
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "model_code": MODEL_CODE,
    }
    torch.save(checkpoint, tmp)
    ### END SOLUTION
    tmp.replace(path)


def load(path: Path, model: nn.Module, optimizer: Optimizer | None = None) -> int:
    """Load the saved state into `model` and `optimizer`; return the epochs trained."""
    try:
        ### BEGIN SOLUTION: load
        # why: weights_only, because a checkpoint is a pickle: unpickling can run code.
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
        model.load_state_dict(checkpoint["model"])
        if optimizer:
            optimizer.load_state_dict(checkpoint["optimizer"])
        ### END SOLUTION
        if checkpoint["model_code"] != MODEL_CODE:
            print(f"warning: model.py has changed since {path}", file=sys.stderr)
        return int(checkpoint["epochs"])
    except Exception as error:  # a damaged file raises errors of many types
        cause = " ".join(f"{type(error).__name__}: {error}".split())
        raise SystemExit(f"error: cannot load {path}: {cause}") from error


# {% if data_info %}
def save_data_info(run: Path, data_info: dict) -> None:
    """Write data_info.json: what was fitted to the training set, such as its mean."""
    content = {"checksum": checksum(data_info), "data_info": data_info}
    (run / "data_info.json").write_text(json.dumps(content), encoding="utf-8")


def load_data_info(run: Path) -> dict:
    """Return what `save_data_info` wrote; exit if the file has changed since."""
    try:
        content = json.loads((run / "data_info.json").read_text(encoding="utf-8"))
        data_info, saved = content["data_info"], content["checksum"]
    except (KeyError, RecursionError, TypeError, ValueError):
        data_info, saved = None, None
    # why: model and inputs depend on these numbers, and would fail far from here.
    if saved != checksum(data_info):
        raise SystemExit(f"error: {run / 'data_info.json'} has changed since training")
    return data_info


def checksum(data_info: dict | None) -> int:
    """Return the CRC-32 checksum of what data_info.json contains."""
    from zlib import crc32

    return crc32(json.dumps(data_info).encode())


# {% endif %}
def load_run(number: int | None = None) -> tuple[Path, Config, nn.Module]:
    """Return folder, config and trained model of a run; by default, of the latest."""
    name = "[0-9]*[0-9]" if number is None else f"{number:03}"
    run = max((path.parent for path in RUNS.glob(f"{name}/last.pt")), default=None)
    if not run:
        raise SystemExit(f"error: no trained run {number or ''} in runs/; train first")
    config = Config.model_validate_json((run / "config.json").read_bytes(), strict=True)
    # {% if data_info %}
    model = build_model(config, load_data_info(run)).to(get_device())
    # {% else %}
    model = build_model(config).to(get_device())
    # {% endif %}
    # {% if validation %}
    # why: a run that is interrupted inside its first epoch has no best epoch yet.
    best = run / "best.pt"
    epochs = load(best if best.exists() else run / "last.pt", model)
    # {% else %}
    epochs = load(run / "last.pt", model)
    # {% endif %}
    if not epochs:
        print(f"warning: {run} has not finished an epoch", file=sys.stderr)
    return run, config, model
