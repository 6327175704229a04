"""Times things side by side: every round does each of them once, in turn."""

import os
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

Times = dict[str, list[float]]


class Command(NamedTuple):
    """A command, and what it finds in its environment besides the usual.

    It runs in an empty folder, or in a copy of `folder`.
    """

    words: Sequence[str | Path]
    environment: Mapping[str, str] = {}
    folder: Path | None = None


def measure(commands: Mapping[str, Command], work: Path, rounds: int) -> Times:
    """Return the seconds of every run of whole processes, by command."""
    runs = {name: partial(run, command, work) for name, command in commands.items()}
    return alternate(runs, rounds)


def run(command: Command, work: Path) -> float:
    """Run a command in a new folder; return how long it took."""
    shutil.rmtree(work, ignore_errors=True)
    if command.folder:
        shutil.copytree(command.folder, work, symlinks=True)
    else:
        work.mkdir()
    environment = os.environ | command.environment
    begin = time.perf_counter()
    subprocess.run(
        command.words, cwd=work, check=True, capture_output=True, env=environment
    )
    return time.perf_counter() - begin


def alternate(runs: Mapping[str, Callable[[], float]], rounds: int) -> Times:
    """Return what each call of `runs` returned, by name; a first round is not counted.

    A slow moment of the machine hits all alike, so that ratios hold.
    """
    times: Times = {name: [] for name in runs}
    for number in range(rounds + 1):
        for name, run_once in runs.items():
            seconds = run_once()
            if number:
                times[name].append(seconds)
    return times


def medians(times: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Print the median of every command with its range, and return the medians."""
    found = {name: statistics.median(values) for name, values in times.items()}
    rounds = max(map(len, times.values()))
    print(f"{rounds} rounds, {os.cpu_count()} cores; medians in seconds")
    for name, median in found.items():
        low, high = min(times[name]), max(times[name])
        print(f"  {name:<28} {median:.3f}  ({low:.3f} to {high:.3f})")
    return found


def ratio(times: Times, one: str, other: str) -> float:
    """Return how many times as long `one` takes: the median over the rounds."""
    pairs = zip(times[one], times[other], strict=True)
    return statistics.median(first / second for first, second in pairs)


def say(times: Times, one: str, other: str, promise: str) -> None:
    """Print a ratio and what it should be."""
    print(f"{one} / {other}: {ratio(times, one, other):.2f} (promised: {promise})")
