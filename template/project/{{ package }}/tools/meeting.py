"""Processes that have to stop at the same step agree on it now and then."""

import time

from .processes import highest, world_size

EVERY = 0.2  # seconds from one meeting to the next, about; each costs a message


class Meeting:
    """Counts the steps to the next meeting, which all processes hold after the same."""

    def __init__(self) -> None:
        self.steps = self.left = 1
        self.began = time.monotonic()

    def most(self, wish: int) -> int:
        """Return the highest wish of all processes; 0 between two meetings."""
        if world_size() == 1:
            return wish
        self.left -= 1
        if self.left:
            return 0
        seconds = (time.monotonic() - self.began) / self.steps
        agreed, slowest = highest(wish, seconds)
        # The steps are counted by what all know, so that none comes alone.
        self.steps = max(1, min(2 * self.steps, int(EVERY / max(slowest, 1e-6))))
        self.left, self.began = self.steps, time.monotonic()
        return int(agreed)
