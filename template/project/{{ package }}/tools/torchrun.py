"""What torchrun has started: processes to connect, perhaps in place of failed ones."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import NoReturn

import torch.distributed as dist

from ..config import Config
from ..errors import ProjectError
from .processes import highest, is_first, rank
from .runs import is_begun, numbered
from .settings import read_config

NOTE = ".torchrun"  # in the folder of a run, as long as it is being trained


@contextmanager
def joined() -> Iterator[None]:
    """Connect the processes that torchrun has started; only the first one prints.

    Each ends with this context, unless it is on its own.
    Raises ProjectError if another process ends before this one.
    """
    if "TORCHELASTIC_RUN_ID" not in os.environ or os.environ["WORLD_SIZE"] == "1":
        yield
        return
    connect()
    code = 0
    try:
        with nullcontext() if is_first() else redirect_stdout(StringIO()):
            yield
    except SystemExit as stopped:
        code = int(stopped.code)
    except RuntimeError as error:
        if not isinstance(error, dist.DistError) and "gloo" not in str(error):
            raise
        message = f"process {rank()} goes no further: another one has ended"
        raise ProjectError(f"{message}, and says above or below why") from error
    dist.destroy_process_group()
    end(code)


def end(code: int) -> NoReturn:
    """End this process at once; threads of gloo may abort it while Python tidies up."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def connect() -> None:
    """Find the other processes: by gloo for tensors on a CPU, by nccl on a GPU."""
    store, number, processes = next(dist.rendezvous("env://"))
    # On one machine torchrun keeps its store over restarts, and an address that a dead
    # process has left there would be taken for that of a living one.
    if os.environ["GROUP_WORLD_SIZE"] == "1":
        store = dist.PrefixStore(os.environ["TORCHELASTIC_RESTART_COUNT"], store)
    dist.init_process_group(store=store, rank=number, world_size=processes)


def launch_id() -> str:
    """Return what torchrun calls this launch; "" for a process on its own."""
    return os.environ.get("TORCHELASTIC_RUN_ID", "")


def is_restart() -> bool:
    """Return whether torchrun has started any of the processes anew.

    Each machine counts by itself how often its own have failed.
    """
    (restarts,) = highest(int(os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")))
    return restarts > 0


def note_launch(run: Path) -> None:
    """Note in the folder of a run which launch trains it."""
    if launch_id():
        (run / NOTE).write_text(launch_id(), encoding="utf-8")


def forget_launch(run: Path) -> None:
    """Take the note away: the run has come to its end."""
    (run / NOTE).unlink(missing_ok=True)


def restarted_run(out: Path, config: Config) -> Path | None:
    """Return the run that this launch had begun with these settings, if any."""
    found = [run for run in numbered(out) if is_begun(run) and is_ours(run, config)]
    return found[-1] if found else None


def is_ours(run: Path, config: Config) -> bool:
    """Return whether a run was begun by this launch."""
    note = run / NOTE
    if not note.exists() or note.read_text(encoding="utf-8") != launch_id():
        return False
    return read_config(run) == config
