"""How several processes make the same step: DistributedDataParallel, and where."""

import os

import torch
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from ..errors import SettingError
from .processes import world_size


def together(model: nn.Module) -> nn.Module:
    """Return `model`, so wrapped that backward leaves the mean gradient of all."""
    if world_size() == 1:
        return model
    device = next(model.parameters()).device
    return DistributedDataParallel(
        model, device_ids=None if device.type == "cpu" else [device]
    )


def own(device: torch.device) -> torch.device:
    """Return the device of this process: of several, each has a GPU of its own.

    Raises SettingError if this machine has too few.
    """
    if world_size() == 1 or device.type == "cpu":
        return device
    number, count = int(os.environ["LOCAL_RANK"]), torch.accelerator.device_count()
    if number >= count or device.type == "mps":
        advice = f"start {count} with --nproc-per-node={count}, or take --device cpu"
        raise SettingError(f"each process needs a {device.type} of its own; {advice}")
    torch.accelerator.set_device_index(number)
    return torch.device(device.type, number)


def describe_place(device: torch.device) -> str:
    """Return where training happens, as the first line of its output says it."""
    several = world_size() > 1
    return f"{device.type}, {world_size()} processes" if several else str(device)
