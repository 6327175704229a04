"""What results depend on besides the settings: random numbers and threads."""

import os

import torch
from torch import Tensor, nn

from ..contract import Progress
from .processes import gather, own_share, rank

Surroundings = dict[str, Tensor | float]
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


def restore_threads(threads: int) -> None:
    """Use as many threads as the run: in how many parts sums are added up counts."""
    torch.set_num_threads(min(threads, os.cpu_count() or 1))


def surroundings(progress: Progress, device: torch.device) -> list[Surroundings]:
    """Return threads, sum of losses and random numbers, a dict for each process.

    Random numbers are those of the CPU and of `device`.
    """
    found = {"threads": torch.get_num_threads(), "cpu": torch.get_rng_state()}
    found["loss_sum"] = float(progress.loss_sum)
    if device.type != "cpu":
        found[device.type] = torch.get_device_module(device).get_rng_state()
    return gather(found)


def restore_surroundings(
    saved: list[Surroundings], progress: Progress, device: torch.device
) -> None:
    """Let all go on as `surroundings` found it.

    Fewer processes share the sums of more; surplus ones keep their random numbers.
    """
    restore_threads(saved[0]["threads"])
    mine = own_share(saved)
    progress.loss_sum = sum(process["loss_sum"] for process in mine)
    for process in mine[:1]:
        torch.set_rng_state(process["cpu"])
        if device.type != "cpu" and device.type in process:
            torch.get_device_module(device).set_rng_state(process[device.type])
