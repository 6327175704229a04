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


def restore_threads(saved: dict[str, Tensor | int]) -> None:
    """Use as many threads as the run: in how many parts sums are added up counts."""
    torch.set_num_threads(min(saved["threads"], os.cpu_count() or 1))


def surroundings(device: torch.device) -> dict[str, Tensor | int]:
    """Return the threads, and where random numbers stand on the CPU and on `device`."""
    found = {"threads": torch.get_num_threads(), "cpu": torch.get_rng_state()}
    if device.type != "cpu":
        found[device.type] = torch.get_device_module(device).get_rng_state()
    return found


def restore_surroundings(saved: dict[str, Tensor | int], device: torch.device) -> None:
    """Let all go on as `surroundings` found it."""
    restore_threads(saved)
    torch.set_rng_state(saved["cpu"])
    if device.type != "cpu" and device.type in saved:
        torch.get_device_module(device).set_rng_state(saved[device.type])
