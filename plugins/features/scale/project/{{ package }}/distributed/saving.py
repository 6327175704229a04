"""When to save: every few seconds, and before SIGINT or SIGTERM ends the process."""

import signal
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import Self

from .collectives import all_reduce_max, is_main_process, world_size

SAVE_INTERVAL_S = 5.0
MAX_SAVE_OVERHEAD = 1 / 20  # of the time; a slow disk makes saves rarer
SYNC_INTERVAL_S = 0.2  # between two agreements of several processes


class PeriodicSaver:
    """Saves after a step if it is time to; after a signal, it saves and exits.

    A second signal ends the process at once.
    """

    def __init__(self, save: Callable[[], None]) -> None:
        self.save, self.signum = save, 0
        self.next_save_at = time.monotonic() + SAVE_INTERVAL_S
        self.sync = PeriodicSync()

    def __enter__(self) -> Self:
        numbers = (signal.SIGINT, signal.SIGTERM)
        self.previous = {n: signal.signal(n, self.handle_signal) for n in numbers}
        return self

    def __exit__(self, *_: object) -> None:
        self.restore_handlers()

    def restore_handlers(self) -> None:
        """Restore the previous signal handlers."""
        for number, handler in self.previous.items():
            signal.signal(number, handler)

    def handle_signal(self, signum: int, frame: FrameType | None) -> None:
        """Remember the signal until the end of the step."""
        self.signum = signum
        self.restore_handlers()

    def on_step_end(self) -> None:
        """Save if any process has a reason to: all of them, after the same step."""
        due = time.monotonic() >= self.next_save_at
        if self.sync.max_across_ranks(self.signum or int(due)):
            self.save_now()

    def save_now(self) -> None:
        """Save, then exit with 128 + signal number if a signal was received."""
        started = time.monotonic()
        self.save()
        took = time.monotonic() - started
        interval = max(SAVE_INTERVAL_S, took / MAX_SAVE_OVERHEAD)
        self.next_save_at = time.monotonic() + interval
        signum = int(all_reduce_max(self.signum)[0])
        if signum:
            if is_main_process():
                print("interrupted; continue with train --resume", file=sys.stderr)
            raise SystemExit(128 + signum)


class PeriodicSync:
    """Agrees between processes every few steps; how many is chosen by time."""

    def __init__(self) -> None:
        self.steps = self.left = 1
        self.started = time.monotonic()

    def max_across_ranks(self, value: int) -> int:
        """Return the maximum over all processes; 0 between two agreements."""
        if world_size() == 1:
            return value
        self.left -= 1
        if self.left:
            return 0
        seconds = (time.monotonic() - self.started) / self.steps
        agreed, slowest = all_reduce_max(value, seconds)
        # why: every process counts the same steps, so that all agree at the same time.
        self.steps = max(
            1, min(2 * self.steps, int(SYNC_INTERVAL_S / max(slowest, 1e-6)))
        )
        self.left, self.started = self.steps, time.monotonic()
        return int(agreed)
