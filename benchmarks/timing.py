"""Times whole processes side by side: every round runs each command once, in turn."""

import os
import shutil
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple


class Command(NamedTuple):
    """A command, and what it finds in its environment besides the usual."""

    words: Sequence[str | Path]
    environment: Mapping[str, str] = {}


def measure(
    commands: Mapping[str, Command], work: Path, rounds: int
) -> dict[str, list[float]]:
    """Return the seconds of every run, by command; a first round is not counted.

    A slow moment of the machine hits all commands alike, so that ratios hold.
    """
    times: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, command in commands.items():
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir()
            environment = os.environ | command.environment
            begin = time.perf_counter()
            subprocess.run(
                command.words,
                cwd=work,
                check=True,
                capture_output=True,
                env=environment,
            )
            if number:
                times[name].append(time.perf_counter() - begin)
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
