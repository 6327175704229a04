"""Start and end under torchrun, and find the run to resume after a restart."""

import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, redirect_stdout
from pathlib import Path
from typing import NoReturn

import torch.distributed as dist

from .collectives import all_reduce_max, is_main_process, rank, world_size

MARKER = ".torchrun"  # in the folder of a run, while a launch of torchrun trains it


def init_process_group() -> None:
    """Connect the processes that torchrun has started; nothing without torchrun."""
    several = os.environ.get("WORLD_SIZE", "1") != "1"
    if not several or "TORCHELASTIC_RUN_ID" not in os.environ or world_size() > 1:
        return
    # why: Python runs its signal handlers only after the call returns; the default
    # action works while the processes are waiting for each other.
    numbers = (signal.SIGINT, signal.SIGTERM)
    handlers = {number: signal.signal(number, signal.SIG_DFL) for number in numbers}
    store, index, size = next(dist.rendezvous("env://"))
    # why: torchrun keeps its store over restarts, so that the address of a process that
    # has failed could be taken for that of its successor (pytorch/pytorch#135712).
    if os.environ["GROUP_WORLD_SIZE"] == "1":
        store = dist.PrefixStore(os.environ["TORCHELASTIC_RESTART_COUNT"], store)
    dist.init_process_group(store=store, rank=index, world_size=size)
    for number, handler in handlers.items():
        signal.signal(number, handler)


@contextmanager
def distributed_context() -> Iterator[None]:
    """Connect the processes; only rank 0 prints. Several processes exit at the end."""
    init_process_group()
    if world_size() == 1:
        yield
        return
    with Path(os.devnull).open("w") as devnull:
        try:
            with nullcontext() if is_main_process() else redirect_stdout(devnull):
                yield
            dist.destroy_process_group()
            hard_exit(0)
        except SystemExit as error:
            if isinstance(error.code, str):
                print(error.code, file=sys.stderr)
            hard_exit(error.code if isinstance(error.code, int) else 1)
        except OSError as error:
            print("error:", *str(error).split(), file=sys.stderr)
            hard_exit(1)
        except RuntimeError as error:
            if not isinstance(error, dist.DistError) and "gloo" not in str(error):
                raise
            cause = str(error).partition("\n")[0]
            message = f"error: rank {rank()} aborted: another rank failed: {cause}"
            print(message, file=sys.stderr)
            hard_exit(1)


def hard_exit(code: int) -> NoReturn:
    """End this process at once: threads of gloo can abort it while Python finalizes."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def launch_id() -> str:
    """Return an identifier of this launch of torchrun, "" without torchrun."""
    name = os.environ.get("TORCHELASTIC_RUN_ID", "")
    return name and f"{name} {socket.gethostname()} {os.getppid()}"


def write_launch_marker(run: Path) -> None:
    """Record in the folder of a run which launch trains it."""
    if launch_id():
        (run / MARKER).write_text(launch_id(), encoding="utf-8")


def clear_launch_marker(run: Path) -> None:
    """Remove the record at the end of a run."""
    (run / MARKER).unlink(missing_ok=True)


def is_elastic_restart() -> bool:
    """Return whether torchrun has restarted any of the processes."""
    restarts = int(os.environ.get("TORCHELASTIC_RESTART_COUNT", "0"))
    return all_reduce_max(restarts)[0] > 0


def find_marked_run(runs: Path) -> Path | None:
    """Return the latest run that this launch has trained, None if there is none."""
    for marker in sorted(runs.glob(f"*/{MARKER}"), reverse=True):
        if marker.read_text(encoding="utf-8") == launch_id():
            return marker.parent
    return None
