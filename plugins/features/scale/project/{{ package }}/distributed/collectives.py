"""Collective communication; in a single process, each function returns its argument.

Every process has to call these functions at the same points.
"""

from collections.abc import Callable
from typing import Any

import torch
import torch.distributed as dist
from torch import nn


def world_size() -> int:
    """Return the number of processes that train together."""
    initialized = dist.is_available() and dist.is_initialized()
    return dist.get_world_size() if initialized else 1


def rank() -> int:
    """Return the index of this process."""
    return dist.get_rank() if world_size() > 1 else 0


def is_main_process() -> bool:
    """Return whether this process prints and writes files."""
    return rank() == 0


def all_gather(value: Any) -> list[Any]:
    """Return the values of all processes, by rank."""
    values = [value] * world_size()
    if world_size() > 1:
        dist.all_gather_object(values, value)
    return values


def all_reduce_max(*numbers: float) -> list[float]:
    """Return the maximum of each number over all processes."""
    tensor = torch.tensor(numbers, dtype=torch.float64)
    if world_size() > 1:
        dist.all_reduce(tensor, dist.ReduceOp.MAX)
    return tensor.tolist()


def run_on_rank_zero(function: Callable[[], Any]) -> Any:
    """Return what the function returns on rank 0; if it exits there, all exit."""
    if world_size() == 1:
        return function()
    result: list[Any] = [None, None]
    if is_main_process():
        try:
            result[0] = function()
        except (SystemExit, OSError) as error:
            result[1] = error
    dist.broadcast_object_list(result)
    if result[1] is not None:
        raise result[1] if is_main_process() else SystemExit(1)
    return result[0]


def broadcast_buffers(model: nn.Module) -> None:
    """Give all processes the buffers of rank 0, such as those of batch norm."""
    if world_size() > 1:
        for buffer in model.buffers():
            dist.broadcast(buffer, 0)
