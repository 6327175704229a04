"""The processes that train one model together, as torchrun starts them.

They meet in the functions below, which every process has to call at the same point. In
a process on its own, each returns what it is given.
"""

from collections.abc import Callable
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn

from ..errors import ProjectError


def world_size() -> int:
    """Return how many processes train together."""
    joint = dist.is_available() and dist.is_initialized()
    return dist.get_world_size() if joint else 1


def rank() -> int:
    """Return the number of this process, from 0 on."""
    return dist.get_rank() if world_size() > 1 else 0


def is_first() -> bool:
    """Return whether this is the process that prints and writes."""
    return rank() == 0


def share(chosen: Tensor | slice, rows: int) -> tuple[Tensor | slice, float]:
    """Return the rows that this process takes of a batch, and how many each has.

    The number is their mean over all processes: sums of losses divided by it become,
    in the mean over processes, the mean loss of the batch, whoever has a row more.
    """
    count = rows if isinstance(chosen, slice) else len(chosen)
    processes = world_size()
    if processes == 1:
        return chosen, count
    if isinstance(chosen, slice):
        return slice(rank(), None, processes), count / processes
    return chosen.tensor_split(processes)[rank()], count / processes


def total(*sums: Tensor | float) -> list[float]:
    """Return each sum over all processes."""
    numbers = [float(number) for number in sums]
    if world_size() == 1:
        return numbers
    exact = torch.tensor(numbers, dtype=torch.float64)
    dist.all_reduce(exact)
    return exact.tolist()


def highest(*numbers: float) -> list[float]:
    """Return the highest of each number over all processes."""
    found = torch.tensor(numbers, dtype=torch.float64)
    if world_size() > 1:
        dist.all_reduce(found, dist.ReduceOp.MAX)
    return found.tolist()


def gather(value: Any) -> list[Any]:
    """Return the values of all processes, in the order of their ranks."""
    values = [value] * world_size()
    if world_size() > 1:
        dist.all_gather_object(values, value)
    return values


def own_share(values: list[Any]) -> list[Any]:
    """Return those of the gathered values that fall to this process."""
    return values[rank() :: world_size()]


def from_first(make: Callable[[], Any]) -> Any:
    """Return what `make` returns in the first process; if it fails there, all end."""
    if world_size() == 1:
        return make()
    outcome: list[Any] = [None]
    try:
        outcome = [make() if is_first() else None]
    except (ProjectError, OSError) as error:
        outcome = [error]
    dist.broadcast_object_list(outcome)
    if isinstance(outcome[0], Exception):
        raise outcome[0] if is_first() else SystemExit(1)
    return outcome[0]


def align(model: nn.Module) -> None:
    """Give all processes the buffers of the first: what batch norm has counted, ..."""
    if world_size() > 1:
        for buffer in model.buffers():
            dist.broadcast(buffer, 0)
