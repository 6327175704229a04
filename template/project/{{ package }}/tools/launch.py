"""Begin a run of training, or go on with one."""

from dataclasses import asdict, replace
from pathlib import Path

from .. import checkpoint
from ..config import Config
from ..errors import SettingError
from ..train import train
from .runs import discard_unused, find_run, new_run, write_config


def begin(out: Path, config: Config) -> None:
    """Train a new model, in the next free folder of `out`."""
    run = new_run(out)
    write_config(run, config)
    try:
        train(config, run)
    finally:
        discard_unused(run)
    print(f"saved: {run / 'last.pt'}")


def resume(out: Path, name: str, given: dict[str, int | float | str]) -> None:
    """Go on with the run called `name`; only epochs and device may change.

    Raises SettingError if `given` has another value for any other setting.
    """
    run = find_run(name, out)
    saved = checkpoint.load(run / "last.pt")
    kept = asdict(saved.config)
    for name, value in given.items():
        if name not in {"epochs", "device"} and value != kept[name]:
            option = "--" + name.replace("_", "-")
            raise SettingError(f"{run} has {option} {kept[name]}; start a new run")
    config = replace(saved.config, **given)
    done = saved.epochs_done
    if done >= config.epochs:
        print(f"{run} has {done} epochs: nothing to do; --epochs {done + 100} goes on")
        return
    write_config(run, config)
    train(config, run, saved)
    print(f"saved: {run / 'last.pt'}")
