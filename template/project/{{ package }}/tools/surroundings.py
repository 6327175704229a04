"""What results depend on besides the settings: random numbers and threads."""

import os

import torch
from torch import Tensor, nn

from .processes import own_share, rank

Surroundings = dict[str, Tensor | int]
SMALL = 10_000_000  # products in a step; below it, threads wait more than they work


def choose_surroundings(model: nn.Module, batch_size: int) -> None:
    """Use one thread if the steps are small, unless OMP_NUM_THREADS says otherwise.

    Each process draws random numbers of its own from here on: what dropout leaves out.
    """
    weights = sum(weight.numel() for weight in model.parameters())
    if weights * batch_size < SMALL and "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(1)
    if rank() > 0:
        torch.manual_seed(torch.initial_seed() + rank())


def restore_threads(saved: list[Surroundings]) -> None:
    """Use as many threads as the run: in how many parts sums are added up counts."""
    torch.set_num_threads(min(saved[0]["threads"], os.cpu_count() or 1))


def surroundings(device: torch.device) -> Surroundings:
    """Return the threads, and where random numbers stand on the CPU and on `device`."""
    found = {"threads": torch.get_num_threads(), "cpu": torch.get_rng_state()}
    if device.type != "cpu":
        found[device.type] = torch.get_device_module(device).get_rng_state()
    return found


def restore_surroundings(saved: list[Surroundings], device: torch.device) -> None:
    """Let all go on as `surroundings` found it in each process.

    With more processes than there were, the surplus ones keep what they have.
    """
    restore_threads(saved)
    for mine in own_share(saved)[:1]:
        torch.set_rng_state(mine["cpu"])
        if device.type != "cpu" and device.type in mine:
            torch.get_device_module(device).set_rng_state(mine[device.type])
