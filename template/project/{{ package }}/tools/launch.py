"""Begin a run of training, or go on with one."""

from dataclasses import asdict, replace
from pathlib import Path

from .. import checkpoint
from ..config import Config
from ..errors import SettingError
from ..train import train
from .lock import locked
from .runs import (
    discard_unused,
    find_run,
    is_begun,
    is_trained,
    load_newest,
    new_run,
)
from .settings import read_config, write_config


def begin(out: Path, config: Config) -> None:
    """Train a new model, in the next free folder of `out`."""
    run = new_run(out)
    try:
        with locked(run):
            write_config(run, config)
            train(config, run)
    finally:
        discard_unused(run)
    print(f"saved: {run / 'last.pt'}")


def resume(out: Path, name: str, given: dict[str, int | float | str]) -> None:
    """Go on with the run called `name`; only epochs and device may change.

    Raises SettingError if `given` has another value for any other setting.
    """
    run = find_run(name, out, is_begun)
    with locked(run):
        # A run that was stopped before it was ever saved begins anew.
        saved = take_up(run) if is_trained(run) else None
        config = change(run, saved.config if saved else read_config(run), given)
        done = saved.progress.epoch if saved else 0
        if done >= config.epochs:
            more = f"--epochs {done + 100} goes on"
            print(f"{run} has {done} epochs: nothing to do; {more}")
            return
        write_config(run, config)
        train(config, run, saved)
    print(f"saved: {run / 'last.pt'}")


def take_up(run: Path) -> checkpoint.Checkpoint:
    """Return the newest whole checkpoint of a run, from now on its `last.pt`."""
    last = run / "last.pt"
    path, saved = load_newest(last)
    if path != last:
        path.replace(last)
    return saved


def change(run: Path, config: Config, given: dict[str, int | float | str]) -> Config:
    """Return the settings of a run with those that are `given` now."""
    kept = asdict(config)
    for name, value in given.items():
        if name not in {"epochs", "device"} and value != kept[name]:
            option = "--" + name.replace("_", "-")
            raise SettingError(f"{run} has {option} {kept[name]}; start a new run")
    return replace(config, **given)
