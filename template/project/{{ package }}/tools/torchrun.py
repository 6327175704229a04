"""What torchrun has started: processes to connect, perhaps in place of failed ones."""

import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, redirect_stdout
from pathlib import Path
from typing import NoReturn

import torch.distributed as dist

from ..errors import ProjectError, report
from .processes import from_first, highest, is_first, rank
from .runs import is_begun, numbered

NOTE = ".torchrun"  # in the folder of a run, as long as it is being trained


@contextmanager
def joined() -> Iterator[None]:
    """Connect the processes that torchrun has started; only the first one prints.

    Of several, each ends with this context.
    """
    if "TORCHELASTIC_RUN_ID" not in os.environ or os.environ["WORLD_SIZE"] == "1":
        yield
        return
    connect()
    with Path(os.devnull).open("w") as nowhere:
        try:
            with nullcontext() if is_first() else redirect_stdout(nowhere):
                yield
            dist.destroy_process_group()
            end(0)
        except SystemExit as stopped:
            end(int(stopped.code))
        except (ProjectError, OSError) as error:
            end(report(error))
        except RuntimeError as error:
            if not isinstance(error, dist.DistError) and "gloo" not in str(error):
                raise
            message = f"process {rank()} goes no further: another one has ended"
            end(report(ProjectError(f"{message}, and says above or below why")))


def end(code: int) -> NoReturn:
    """End this process at once; threads of gloo may abort it while Python tidies up."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def connect() -> None:
    """Find the other processes: by gloo for tensors on a CPU, by nccl on a GPU."""
    # Python would not look at a signal before all have come; the system does.
    numbers = (signal.SIGINT, signal.SIGTERM)
    handlers = {number: signal.signal(number, signal.SIG_DFL) for number in numbers}
    store, place, processes = next(dist.rendezvous("env://"))
    # On one machine torchrun keeps its store over restarts, and an address that a dead
    # process has left there would be taken for that of a living one.
    if os.environ["GROUP_WORLD_SIZE"] == "1":
        store = dist.PrefixStore(os.environ["TORCHELASTIC_RESTART_COUNT"], store)
    dist.init_process_group(store=store, rank=place, world_size=processes)
    for number, handler in handlers.items():
        signal.signal(number, handler)


def launch_id() -> str:
    """Return what tells this launch of torchrun from others; "" without torchrun.

    Its own name for it may be that of many; the process that it is has a number.
    """
    name = os.environ.get("TORCHELASTIC_RUN_ID", "")
    return name and f"{name} {socket.gethostname()} {os.getppid()}"


def note_launch(run: Path) -> None:
    """Note in the folder of a run which launch trains it."""
    if launch_id():
        (run / NOTE).write_text(launch_id(), encoding="utf-8")


def forget_launch(run: Path) -> None:
    """Take the note away: the run has come to its end."""
    (run / NOTE).unlink(missing_ok=True)


def is_restart() -> bool:
    """Return whether torchrun has started any of the processes anew.

    Each machine counts by itself how often its own have failed.
    """
    (restarts,) = highest(int(os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")))
    return restarts > 0


def restarted_run(out: Path) -> Path | None:
    """Return the run that this launch was training when torchrun started it anew."""
    return from_first(lambda: noted_run(out)) if is_restart() else None


def noted_run(out: Path) -> Path | None:
    """Return the newest run in `out` with a note of this launch."""
    for run in filter(is_begun, reversed(numbered(out))):
        note = run / NOTE
        if note.exists() and note.read_text(encoding="utf-8") == launch_id():
            return run
    return None
