"""Begin a run of training, or go on with one."""

from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path

from .. import checkpoint
from ..config import Config
from ..errors import SettingError
from ..train import train
from .lock import locked
from .processes import from_first
from .runs import (
    discard_unused,
    find_run,
    is_begun,
    is_trained,
    load_newest,
    new_run,
)
from .settings import read_config, write_config
from .torchrun import forget_launch, is_restart, joined, note_launch, restarted_run

Settings = dict[str, int | float | str]


def begin(out: Path, config: Config) -> None:
    """Train a new model, in the next free folder of `out`.

    Where torchrun has started it anew after a failure, go on with what it had begun.
    """
    with joined(), ExitStack() as held:
        if run := restarted_run(out):
            go_on(run, {})
            return
        run = from_first(lambda: open_run(out, config, held))
        train(config, run)
        finish(run)


def open_run(out: Path, config: Config, held: ExitStack) -> Path:
    """Make and lock the folder of a new run, until `held` ends."""
    run = new_run(out)
    held.callback(discard_unused, run)
    hold(run, held)
    write_config(run, config)
    return run


def hold(run: Path, held: ExitStack) -> None:
    """Lock a run until `held` ends, and note which launch trains it."""
    held.enter_context(locked(run))
    note_launch(run)


def resume(out: Path, name: str, given: Settings) -> None:
    """Go on with the run called `name`; only epochs and device may change.

    Raises SettingError if `given` has another value for any other setting.
    """
    with joined():
        run = restarted_run(out)
        go_on(run or from_first(lambda: find_run(name, out, is_begun)), given)


def go_on(run: Path, given: Settings) -> None:
    """Go on with a run, unless it has all its epochs."""
    with ExitStack() as held:
        from_first(lambda: hold(run, held))
        config, saved = from_first(lambda: take_up(run, given))
        done = saved.progress.epoch if saved else 0
        if done >= config.epochs and not is_restart():
            more = f"--epochs {done + 100} goes on"
            print(f"{run} has {done} epochs: nothing to do; {more}")
            return
        print(f"going on with {run}, which has {done} epochs")
        train(config, run, saved)
        finish(run)


def finish(run: Path) -> None:
    """Say where the trained model is."""
    from_first(lambda: forget_launch(run))
    print(f"saved: {run / 'last.pt'}")


def take_up(run: Path, given: Settings) -> tuple[Config, checkpoint.Checkpoint | None]:
    """Return settings and newest checkpoint of a run, from now on its `last.pt`.

    A run that was stopped before it was ever saved has none, and begins anew.
    """
    saved = newest(run) if is_trained(run) else None
    config = change(run, saved.config if saved else read_config(run), given)
    if not saved or saved.progress.epoch < config.epochs:
        write_config(run, config)
    return config, saved


def newest(run: Path) -> checkpoint.Checkpoint:
    """Return the newest whole checkpoint of a run, from now on its `last.pt`."""
    last = run / "last.pt"
    path, saved = load_newest(last)
    if path != last:
        path.replace(last)
    return saved


def change(run: Path, config: Config, given: Settings) -> Config:
    """Return the settings of a run with those that are `given` now."""
    kept = asdict(config)
    for name, value in given.items():
        if name not in {"epochs", "device"} and value != kept[name]:
            option = "--" + name.replace("_", "-")
            raise SettingError(f"{run} has {option} {kept[name]}; start a new run")
    return replace(config, **given)
