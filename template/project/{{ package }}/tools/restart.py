"""Which run to go on with when torchrun has started its processes anew."""

import os
from pathlib import Path

from ..config import Config
from .runs import is_begun, numbered
from .settings import read_config

NOTE = ".torchrun"  # in the folder of a run, as long as it is being trained


def launch_id() -> str:
    """Return what torchrun calls this launch; "" for a process on its own."""
    return os.environ.get("TORCHELASTIC_RUN_ID", "")


def is_restart() -> bool:
    """Return whether torchrun has started this process in place of one that failed."""
    return int(os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")) > 0


def note_launch(run: Path) -> None:
    """Note in the folder of a run which launch trains it."""
    if launch_id():
        (run / NOTE).write_text(launch_id(), encoding="utf-8")


def forget_launch(run: Path) -> None:
    """Take the note away: the run has come to its end."""
    (run / NOTE).unlink(missing_ok=True)


def restarted_run(out: Path, config: Config) -> Path | None:
    """Return the run that this launch had begun with these settings, if it is anew."""
    if not is_restart():
        return None
    found = [run for run in numbered(out) if is_begun(run) and is_ours(run, config)]
    return found[-1] if found else None


def is_ours(run: Path, config: Config) -> bool:
    """Return whether a run was begun by this launch."""
    note = run / NOTE
    if not note.exists() or note.read_text(encoding="utf-8") != launch_id():
        return False
    return read_config(run) == config
