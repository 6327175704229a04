"""Save a run and load it again: its config.json and its checkpoints."""

import json
import subprocess
import sys
import warnings
from pathlib import Path

import torch
from torch import nn, optim

from .config import Config
from .distributed import elastic
from .distributed.collectives import is_main_process, run_on_rank_zero
from .distributed.files import atomic_write, restore_previous, verify_checksums
from .distributed.model_setup import get_device, set_precision
from .distributed.state_checks import check_finite, check_optimizer
from .distributed.train_state import TrainState
from .model import build_model

MODEL_CODE = Path(__file__).with_name("model.py").read_text(encoding="utf-8")
RUNS = Path("runs")


def prepare_run(config: Config, run: Path | None = None) -> Path:
    """Write config.json, with the Git commit, into `run` or a new folder of runs/.

    After a restart by torchrun, return the run that it was training.
    """
    elastic.init_process_group()
    run = run or find_restarted_run() or run_on_rank_zero(make_run)
    run_on_rank_zero(lambda: write_config(run, config))
    return run


def find_restarted_run() -> Path | None:
    """Return the run to resume after a restart by torchrun."""
    if elastic.is_elastic_restart():
        return run_on_rank_zero(lambda: elastic.find_marked_run(RUNS))
    return None


def make_run() -> Path:
    """Make the next folder in runs/, also if another process makes one just now."""
    numbers = [int(run.name) for run in RUNS.glob("*") if run.name.isdecimal()]
    run = RUNS / f"{max(numbers, default=0) + 1:03}"
    try:
        run.mkdir(parents=True)
    except FileExistsError:
        return make_run()
    return run


def write_config(run: Path, config: Config) -> None:
    """Write config.json: the hyperparameters, and the Git commit of the code."""
    failed, git = subprocess.getstatusoutput("git rev-parse HEAD && git status -s")
    commit, *changes = [None] if failed else git.splitlines()
    content = {"git_commit": commit, "git_dirty": bool(changes)} | config.model_dump()
    text = json.dumps(content, indent=2)
    atomic_write(run / "config.json", lambda temporary: temporary.write_text(text))


def save(
    path: Path,
    epochs: int,
    model: nn.Module,
    optimizer: optim.Optimizer,
    state: TrainState | None = None,
) -> None:
    """Write a checkpoint atomically; the one before last.pt becomes previous.pt.

    All processes have to call this, and rank 0 writes.
    """
    device = next(model.parameters()).device
    state_content = (state or TrainState()).to_checkpoint(device)
    if not is_main_process():
        return
    # why: the state_dict, not the model: a pickled model only loads with the same code.
    checkpoint = {
        "epochs": epochs,
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "model_code": MODEL_CODE,
        "train_state": state_content,
    }
    previous = path.with_name("previous.pt") if path.name == "last.pt" else None
    atomic_write(path, lambda temporary: torch.save(checkpoint, temporary), previous)


def load(
    path: Path,
    model: nn.Module,
    optimizer: optim.Optimizer | None = None,
    state: TrainState | None = None,
) -> int:
    """Load the saved state into `model`, `optimizer` and `state`; return the epochs.

    If last.pt is damaged, previous.pt is loaded instead.
    """
    if path.name == "last.pt":
        run_on_rank_zero(lambda: restore_previous(path))
    try:
        verify_checksums(path)
        with warnings.catch_warnings(action="ignore"):  # an error says what is wrong
            # why: weights_only, because a checkpoint is a pickle: unpickling can run
            # code.
            checkpoint = torch.load(path, map_location="cpu", weights_only=True)
        model.load_state_dict(checkpoint["model"])
        if optimizer:
            optimizer.load_state_dict(checkpoint["optimizer"])
            check_optimizer(optimizer)
        check_finite(model)
        if state and "train_state" in checkpoint:  # not in one saved without this
            state.from_checkpoint(checkpoint["train_state"])
        if checkpoint["model_code"] != MODEL_CODE:
            print(f"warning: model.py has changed since {path}", file=sys.stderr)
        return int(checkpoint["epochs"])
    except Exception as error:  # a damaged file raises errors of many types
        raise OSError(f"cannot load {path}: {type(error).__name__}: {error}") from error


# {% if data_info %}
def save_data_info(run: Path, data_info: dict) -> None:
    """Write data_info.json: what was fitted to the training set, such as its mean."""
    content = {"checksum": checksum(data_info), "data_info": data_info}
    text = json.dumps(content)
    if is_main_process():
        atomic_write(run / "data_info.json", lambda path: path.write_text(text))


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
    elastic.init_process_group()
    run = find_restarted_run() or run_on_rank_zero(lambda: find_run(number))
    config = Config.model_validate_json((run / "config.json").read_bytes())
    # {% if data_info %}
    model = build_model(config, load_data_info(run))
    # {% else %}
    model = build_model(config)
    # {% endif %}
    model = set_precision(model, get_device(), config)
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


def find_run(number: int | None) -> Path:
    """Return the folder of a run that has a checkpoint; by default, of the latest."""
    name = "[0-9]*[0-9]" if number is None else f"{number:03}"
    runs = filter(has_checkpoint, RUNS.glob(name))
    run = max(runs, key=lambda run: (len(run.name), run), default=None)
    if not run:
        raise SystemExit(f"error: no checkpoint runs/{name}/last.pt; train first")
    return run


def has_checkpoint(run: Path) -> bool:
    """Return whether a run can be loaded; a crash may leave only previous.pt."""
    return any((run / name).exists() for name in ("last.pt", "previous.pt"))
