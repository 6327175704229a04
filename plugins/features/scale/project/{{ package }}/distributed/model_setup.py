"""Device, precision and wrappers of the model."""

import os

import torch
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from ..config import Config
from .collectives import world_size


def get_device(name: str = "auto") -> torch.device:
    """Return the device called `name`; "auto" is the accelerator, or else the CPU."""
    if name == "auto":
        name = torch.accelerator.current_accelerator(check_available=True) or "cpu"
    try:
        return torch.empty(0, device=name).device
    except (RuntimeError, AssertionError) as error:
        raise SystemExit(f"error: device {name!r} is not available here") from error


def local_device(device: torch.device) -> torch.device:
    """Return the device of this process: with several, each has a GPU of its own."""
    if world_size() == 1 or device.type == "cpu":
        return device
    index, count = int(os.environ["LOCAL_RANK"]), torch.accelerator.device_count()
    if index >= count or device.type == "mps":
        advice = f"use --nproc-per-node={count}, or train --device cpu"
        raise SystemExit(f"error: one {device.type} per process is required; {advice}")
    torch.accelerator.set_device_index(index)
    return torch.device(device.type, index)


def set_precision(model: nn.Module, device: torch.device, config: Config) -> nn.Module:
    """Return the model on the device, computing in the precision of the config."""
    if config.precision == "bf16":
        # why: parameters and loss stay in float32: small updates would be rounded off.
        forward = torch.autocast(device.type, torch.bfloat16)(model.forward)
        model.forward = lambda x: forward(x).float()
    return model.to(device)


def check_batch_norm(model: nn.Module, smallest_batch: int) -> None:
    """Exit if batch norm would get less than two examples in a process."""
    kinds = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)
    normalized = any(isinstance(module, kinds) for module in model.modules())
    if normalized and smallest_batch < 2 * world_size():
        what = f"the smallest batch has {smallest_batch}; change --batch-size"
        raise SystemExit(f"error: batch norm needs 2 examples per process: {what}")


def wrap_model(model: nn.Module, config: Config) -> nn.Module:
    """Wrap the model for training: DistributedDataParallel, torch.compile."""
    device = next(model.parameters()).device
    if world_size() > 1:
        ids = None if device.type == "cpu" else [device]
        model = DistributedDataParallel(model, device_ids=ids)
    if not config.compile:
        return model
    try:  # on something tiny, since the model is compiled when it is first called
        torch.compile(lambda x: x + 1)(torch.zeros(2, device=device))
    except Exception as error:  # of many types, depending on what is missing
        cause = str(error).strip().partition("\n")[0]
        raise SystemExit(f"error: torch.compile failed: {cause}") from error
    return torch.compile(model, dynamic=False)
