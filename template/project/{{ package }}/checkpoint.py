"""Save a run and load it again: its config.json and its checkpoint."""

import json
import subprocess
import sys
from pathlib import Path

import torch
from torch import nn, optim

from .config import Config
from .engine import get_device
from .model import build_model

MODEL_CODE = Path(__file__).with_name("model.py").read_text(encoding="utf-8")
RUNS = Path("runs")


def prepare_run(config: Config, run: Path | None = None) -> Path:
    """Write config.json, with the Git commit, into `run` or a new folder of runs/."""
    if not run:
        numbers = [int(run.name) for run in RUNS.glob("*") if run.name.isdecimal()]
        run = RUNS / f"{max(numbers, default=0) + 1:03}"
        run.mkdir(parents=True)
    failed, git = subprocess.getstatusoutput("git rev-parse HEAD && git status -s")
    commit, *changes = [None] if failed else git.splitlines()
    content = {"git_commit": commit, "git_dirty": bool(changes)} | config.model_dump()
    (run / "config.tmp").write_text(json.dumps(content, indent=2))
    (run / "config.tmp").replace(run / "config.json")
    return run


def save(path: Path, epochs: int, model: nn.Module, optimizer: optim.Optimizer) -> None:
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


def load(path: Path, model: nn.Module, optimizer: optim.Optimizer | None = None) -> int:
    """Load the saved state into `model` and `optimizer`; return the epochs trained."""
    try:
        ### BEGIN SOLUTION: load
        # why: weights_only, because a checkpoint is a pickle: unpickling can run code.
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
        model.load_state_dict(checkpoint["model"])
        if optimizer:
            optimizer.load_state_dict(checkpoint["optimizer"])
            optimizer.zero_grad()
            optimizer.step()  # no gradients: only fails if it was another optimizer
        ### END SOLUTION
        if checkpoint["model_code"] != MODEL_CODE:
            print(f"warning: model.py has changed since {path}", file=sys.stderr)
        return int(checkpoint["epochs"])
    except Exception as error:  # a damaged file raises errors of many types
        raise OSError(f"cannot load {path}: {type(error).__name__}: {error}") from error


# {% if data_info %}
def save_data_info(run: Path, data_info: dict) -> None:
    """Write data_info.json: what was fitted to the training set, such as its mean."""
    content = {"checksum": checksum(data_info), "data_info": data_info}
    (run / "data_info.tmp").write_text(json.dumps(content), encoding="utf-8")
    (run / "data_info.tmp").replace(run / "data_info.json")


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
# {% if table %}
def check_data(run: Path, data_info: dict) -> None:
    """Exit if the table has changed since the run was trained."""
    if data_info["fingerprint"] != load_data_info(run)["fingerprint"]:
        what = f"the table has changed since {run} was trained"
        raise SystemExit(f"error: {what}; restore it, or train a new run")


# {% endif %}
def load_run(number: int | None = None) -> tuple[Path, Config, nn.Module]:
    """Return folder, config and trained model of a run; by default, of the latest."""
    name = "[0-9]*[0-9]" if number is None else f"{number:03}"
    paths = RUNS.glob(f"{name}/last.pt")
    path = max(paths, key=lambda path: (len(str(path)), path), default=None)
    if not path:
        raise SystemExit(f"error: no checkpoint runs/{name}/last.pt; train first")
    config = Config.model_validate_json(path.with_name("config.json").read_bytes())
    # {% if data_info %}
    model = build_model(config, load_data_info(path.parent)).to(get_device())
    # {% else %}
    model = build_model(config).to(get_device())
    # {% endif %}
    # {% if validation %}
    # why: a run that is interrupted inside its first epoch has no best epoch yet.
    if path.with_name("best.pt").exists():
        path = path.with_name("best.pt")
    # {% endif %}
    if not load(path, model):
        print(f"warning: {path.parent} has not finished an epoch", file=sys.stderr)
    return path.parent, config, model
