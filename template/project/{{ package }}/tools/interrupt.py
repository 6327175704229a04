"""Ctrl-C and SIGTERM as a wish to stop: the epoch ends, and the run is saved."""

import signal
import sys
from types import FrameType
from typing import Self


class Interrupt:
    """Inside `with`, a signal only sets `received`; a second one stops at once."""

    def __init__(self) -> None:
        self.received = 0  # the number of the signal, 0 for none

    def __enter__(self) -> Self:
        numbers = (signal.SIGINT, signal.SIGTERM)
        self.previous = {number: signal.signal(number, self.note) for number in numbers}
        return self

    def __exit__(self, *exception: object) -> None:
        for number, handler in self.previous.items():
            signal.signal(number, handler)

    def note(self, number: int, frame: FrameType | None) -> None:
        if self.received:
            raise KeyboardInterrupt
        self.received = number

    def exit_if_received(self) -> None:
        """End the program, with the code that a shell expects for the signal."""
        if self.received:
            print("stopped; `train --resume` goes on from here", file=sys.stderr)
            raise SystemExit(128 + self.received)
