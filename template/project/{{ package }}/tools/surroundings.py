"""What results depend on besides the settings: random numbers and threads."""

import os

import torch
from torch import Tensor, nn

SMALL = 10_000_000  # products in a step; below it, threads wait more than they work


def choose_threads(model: nn.Module, batch_size: int) -> None:
    """Use one thread if the steps are small, unless OMP_NUM_THREADS says otherwise."""
    weights = sum(weight.numel() for weight in model.parameters())
    if weights * batch_size < SMALL and "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(1)


def restore_threads(threads: int) -> None:
    """Use as many threads as the run that is gone on with: sums depend on it."""
    torch.set_num_threads(min(threads, os.cpu_count() or 1))


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
