"""Run by torchrun: epochs of the generated engine and of a bare loop with DDP, in turn.

The path has this project's benchmarks and a generated project. The first process prints
the seconds of each way as JSON.
"""

import json
import sys
import time
from collections.abc import Callable
from functools import partial

import torch
import torch.distributed as dist
from loops import Work
from measured.tools import processes, together, torchrun
from project import Project
from table import table
from timing import alternate
from torch import nn
from torch.nn.parallel import DistributedDataParallel

ROUNDS = 21


def main(rows: int) -> None:
    """Train in both ways, each with a model of its own, and print the seconds."""
    work = table(Project(), rows, epochs=1)
    with torchrun.joined():
        ways: dict[str, Callable[[], float]] = {
            "generated": partial(generated, work, *prepare(work, together.together)),
            "bare": partial(bare, work, *prepare(work, wrap)),
        }
        times = alternate(ways, ROUNDS)
        if processes.is_first():
            print(json.dumps(times))


def prepare(
    work: Work, wrap: Callable[[nn.Module], nn.Module]
) -> tuple[nn.Module, torch.optim.Optimizer]:
    """Return a new model, wrapped for several processes, and its optimizer."""
    model, optimizer = work.fresh()
    return wrap(model), optimizer


def wrap(model: nn.Module) -> nn.Module:
    """Return the model as a script by hand would have it."""
    return DistributedDataParallel(model) if dist.is_initialized() else model


def generated(work: Work, model: nn.Module, optimizer: torch.optim.Optimizer) -> float:
    """Train an epoch with the engine of the generated project."""
    split = work.project.contract.Split(work.x, work.y)
    progress = work.project.contract.Progress()
    config = work.config()
    begin = time.perf_counter()
    work.project.engine.train_epoch(model, optimizer, split, config, progress)
    return time.perf_counter() - begin


def bare(work: Work, model: nn.Module, optimizer: torch.optim.Optimizer) -> float:
    """Train an epoch with a loop written by hand, each process on its share."""
    rank, world = processes.rank(), processes.world_size()
    begin = time.perf_counter()
    model.train()
    total = torch.zeros(())
    order = torch.randperm(len(work.x), generator=torch.Generator().manual_seed(0))
    for chosen in order.split(work.batch_size):
        mine = chosen[rank::world]
        loss = work.criterion(model(work.x[mine]), work.y[mine])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.detach() * len(mine)
    if world > 1:
        dist.all_reduce(total)
    total.item()
    return time.perf_counter() - begin


if __name__ == "__main__":
    main(int(sys.argv[1]))
