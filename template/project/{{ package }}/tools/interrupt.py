"""When to save: now and then, and before Ctrl-C or SIGTERM ends the program."""

import signal
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import Self

from .meeting import Meeting
from .processes import highest, is_first

EVERY = 5.0  # seconds: a crash costs no more work than that
SHARE = 20  # and saving, where it is slow, no more than this part of the time


class Interrupt:
    """Inside `with`, a signal waits for the end of a step; a second one does not."""

    def __init__(self, write: Callable[[], None]) -> None:
        self.write = write
        self.received = 0  # the number of the signal, 0 for none
        self.due = time.monotonic() + EVERY
        self.meeting = Meeting()

    def __enter__(self) -> Self:
        numbers = (signal.SIGINT, signal.SIGTERM)
        self.previous = {number: signal.signal(number, self.note) for number in numbers}
        return self

    def __exit__(self, *exception: object) -> None:
        self.restore()

    def restore(self) -> None:
        """Give the signals back to whoever had them before."""
        for number, handler in self.previous.items():
            signal.signal(number, handler)

    def note(self, number: int, frame: FrameType | None) -> None:
        self.received = number
        self.restore()

    def after_step(self) -> None:
        """Save if it is time to; if a signal came, save and end the program.

        Of several processes all do so after the same step, if one of them wishes it.
        """
        if self.meeting.most(self.received or time.monotonic() >= self.due):
            self.save()

    def save(self) -> None:
        """Save; then end the program if a signal came, with the code of that signal."""
        began = time.monotonic()
        self.write()
        took = time.monotonic() - began
        self.due = time.monotonic() + max(EVERY, SHARE * took)
        (received,) = highest(self.received)
        if received:
            if is_first():
                print("stopped; `train --resume` goes on from here", file=sys.stderr)
            raise SystemExit(128 + int(received))
