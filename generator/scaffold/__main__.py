"""The command `scaffold`, also as `python -m scaffold`."""

import os
import signal

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def main() -> None:
    """Run the command line; until it is imported, a signal ends the process at once."""
    for number in SIGNALS:
        signal.signal(number, exit_at_once)
    from scaffold.cli import main

    main()


def exit_at_once(number: int, frame: object) -> None:
    """Print one line and exit; an import could swallow an exception."""
    for other in SIGNALS:  # a second one would print the line again
        signal.signal(other, signal.SIG_IGN)
    try:
        os.write(2, b"Error: interrupted; nothing was written\n")
    finally:
        os._exit(128 + number)


if __name__ == "__main__":
    main()
