"""Save a run and load it again: the two functions mirror each other."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import torch
from torch import nn

from .config import Config
from .contract import Progress, State
from .errors import ProjectError
from .tools.files import replacing
from .tools.surroundings import Surroundings, restore_surroundings, surroundings

FORMAT = 3  # raised when the content changes, so that old files are told apart


@dataclass(frozen=True)
class Checkpoint:
    """All that a run needs to go on, and that a prediction needs to be made."""

    progress: Progress  # epochs, and steps of the next one
    config: Config
    state: State
    model: dict[str, Any]  # state_dict: names and values of the weights
    optimizer: dict[str, Any]  # state_dict: step counts, momentum, ...
    surroundings: list[Surroundings]  # where random numbers stood, for each process


def save(
    path: Path,
    *,
    progress: Progress,
    config: Config,
    state: State,
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    previous: Path | None = None,
) -> None:
    """Write a checkpoint, whole or not at all; the one before it becomes `previous`."""
    ### BEGIN SOLUTION: save
    # why: the state_dict, not the model. A pickled model opens only with the very same
    # code, and can run foreign code; tensors with names do neither.
    content = {
        "format": FORMAT,
        "progress": asdict(progress) | {"loss_sum": float(progress.loss_sum)},
        "config": asdict(config),
        "state": state,
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "surroundings": surroundings(progress, next(model.parameters()).device),
    }
    with replacing(path, previous) as file:
        torch.save(content, file)
    ### END SOLUTION


def load(path: Path) -> Checkpoint:
    """Read a checkpoint, onto the CPU; code that a file may hide is never run.

    Raises ProjectError if the file is missing, damaged, or none of this project's.
    """
    try:
        with ZipFile(path) as archive:  # torch.load does not look at the checksums
            damaged = archive.testzip()
        # why: map_location, so that what was saved on a GPU opens on any machine.
        content = torch.load(path, map_location="cpu", weights_only=True)
        if damaged or content.pop("format") != FORMAT:
            raise ValueError("damaged, or of another format")
        content["progress"] = Progress(**content["progress"])
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
) -> Progress:
    """Fill `model` with the stored weights; return how far they had come.

    With `optimizer`, fill that as well, and let random numbers go on where they stood.
    Raises ProjectError if the stored weights have other names or shapes.
    """
    ### BEGIN SOLUTION: load
    try:
        model.load_state_dict(saved.model)
        if optimizer is not None:
            optimizer.load_state_dict(saved.optimizer)
    except (KeyError, RuntimeError, TypeError, ValueError) as error:
        raise ProjectError(
            "the checkpoint does not fit model.py: other code saved it; "
            "train again, or go back to the code of that run"
        ) from error
    ### END SOLUTION
    if optimizer is not None:
        device = next(model.parameters()).device
        restore_surroundings(saved.surroundings, saved.progress, device)
    return saved.progress
