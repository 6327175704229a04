"""A training step on a GPU, if there is one: `make bench-training`."""

import tempfile
import time
from functools import partial
from pathlib import Path

import loops
import torch
from project import new_project
from table import BATCH, table
from timing import Times, alternate, medians, say

ROUNDS = 7
ROWS = 1_000_000
EPOCHS = 3


def main() -> None:
    if not torch.cuda.is_available():
        print("GPU: not measured, since there is none here")
        return
    print(f"GPU: {torch.cuda.get_device_name()}")
    with tempfile.TemporaryDirectory() as scratch:
        work = table(new_project("circle", Path(scratch) / "project"), ROWS, EPOCHS)
        on_gpu = work._replace(x=work.x.cuda(), y=work.y.cuda())
        times = alternate(
            {
                "generated": partial(loops.generated, on_gpu),
                "bare loop": partial(loops.bare, on_gpu),
                "graph": partial(replay, on_gpu),
            },
            ROUNDS,
        )
    report(times)


def report(times: Times) -> None:
    """Print the time of a step by loop, and the ratio to the limit."""
    steps = EPOCHS * -(-ROWS // BATCH)
    for name, median in medians(times).items():
        print(f"  {name:<12} {median / steps * 1e6:6.0f} microseconds per step")
    say(times, "generated", "bare loop", "at most 1.05")
    say(times, "generated", "graph", "none; the graph is the lower bound")


def replay(work: loops.Work) -> float:
    """Replay a CUDA graph of one step as often as the loops step, without Python."""
    model, optimizer = work.fresh()
    x, y = work.x[: work.batch_size].clone(), work.y[: work.batch_size].clone()

    def step() -> None:
        optimizer.zero_grad()
        work.criterion(model(x), y).backward()
        optimizer.step()

    side_stream = torch.cuda.Stream()
    with torch.cuda.stream(side_stream):  # capture needs a few warm-up steps
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(side_stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    torch.cuda.synchronize()
    begin = time.perf_counter()
    for _ in range(work.epochs):
        for chosen in torch.randperm(len(work.x), device="cuda").split(len(x)):
            if len(chosen) == len(x):
                torch.index_select(work.x, 0, chosen, out=x)
                torch.index_select(work.y, 0, chosen, out=y)
                graph.replay()
    torch.cuda.synchronize()
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
