"""Save a run and load it again: the two functions mirror each other."""

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from .config import Config
from .contract import State
from .errors import ProjectError

FORMAT = 1  # raised when the content changes, so that old files are told apart


@dataclass(frozen=True)
class Checkpoint:
    """All that a run needs to go on, and that a prediction needs to be made."""

    epochs_done: int
    config: Config
    state: State
    model: dict[str, Any]  # state_dict: names and values of the weights
    optimizer: dict[str, Any]  # state_dict: step counts, momentum, ...
    random: dict[str, Tensor]  # where the random numbers stood


def save(
    path: Path,
    *,
    epochs_done: int,
    config: Config,
    state: State,
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
) -> None:
    """Write a checkpoint; at every moment `path` is whole, the old one or the new."""
    # why: the state_dict, not the model. A pickled model opens only with the very same
    # code, and can run foreign code; tensors with names do neither.
    content = {
        "format": FORMAT,
        "epochs_done": epochs_done,
        "config": asdict(config),
        "state": state,
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "random": random_state(next(model.parameters()).device),
    }
    temporary = path.with_suffix(".tmp")
    with temporary.open("wb") as file:
        torch.save(content, file)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def load(path: Path) -> Checkpoint:
    """Read a checkpoint, onto the CPU; code that a file may hide is never run.

    Raises ProjectError if the file is missing, damaged, or none of this project's.
    """
    try:
        # why: map_location, so that what was saved on a GPU opens on any machine.
        content = torch.load(path, map_location="cpu", weights_only=True)
        if content.pop("format") != FORMAT:
            raise ValueError("another format")
        return Checkpoint(**content | {"config": Config(**content["config"])})
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise ProjectError(f"no checkpoint {path}: {error.strerror}") from error
    except Exception as error:  # a damaged file makes torch.load fail in many ways
        raise ProjectError(
            f"{path} is damaged, or no checkpoint of this project as it is now; "
            "name another one, or train again"
        ) from error


def restore(
    saved: Checkpoint, model: nn.Module, optimizer: torch.optim.Optimizer | None = None
) -> int:
    """Fill `model` with the stored weights; return how many epochs they have seen.

    With `optimizer`, fill that as well, and let random numbers go on where they stood.
    Raises ProjectError if the stored weights have other names or shapes.
    """
    try:
        model.load_state_dict(saved.model)
        if optimizer is not None:
            optimizer.load_state_dict(saved.optimizer)
    except (KeyError, RuntimeError, TypeError, ValueError) as error:
        raise ProjectError(
            "the checkpoint does not fit model.py: other code saved it; "
            "train again, or go back to the code of that run"
        ) from error
    if optimizer is not None:
        restore_random_state(saved.random, next(model.parameters()).device)
    return saved.epochs_done


def random_state(device: torch.device) -> dict[str, Tensor]:
    """Return where the random numbers stand, on the CPU and on `device`."""
    states = {"cpu": torch.get_rng_state()}
    if device.type != "cpu":
        states[device.type] = torch.get_device_module(device).get_rng_state()
    return states


def restore_random_state(states: dict[str, Tensor], device: torch.device) -> None:
    """Let the random numbers go on from where `random_state` found them."""
    torch.set_rng_state(states["cpu"])
    if device.type != "cpu" and device.type in states:
        torch.get_device_module(device).set_rng_state(states[device.type])
