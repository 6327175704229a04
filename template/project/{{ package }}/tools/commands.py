"""What each command does. The first line of each function is its help."""

import csv
import sys
from argparse import Namespace
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from pathlib import Path

from ..config import Config
from ..errors import ProjectError, SettingError

Command = Callable[[Namespace], None]

# Imports stand inside the functions, because torch takes a second to load and --help,
# or a mistyped flag, should not have to wait for it.


def train(args: Namespace) -> None:
    """Train a model and write it to the next free folder of runs."""
    names = {setting.name for setting in fields(Config)}
    given = {name: value for name, value in vars(args).items() if name in names}
    if args.resume is None:
        start(args, Config(**given))
    else:
        resume(args, given)


def start(args: Namespace, config: Config) -> None:
    """Begin a run of its own."""
    from ..train import train
    from .runs import new_run

    run = new_run(args.out, config)
    train(config, run)
    print(f"saved: {run / 'last.pt'}")


def resume(args: Namespace, given: dict[str, int | float | str]) -> None:
    """Go on with a saved run; its settings stand, but for --epochs and --device."""
    from .. import checkpoint
    from ..train import train
    from .runs import find_checkpoint

    path = find_checkpoint(args.resume, args.out)
    saved = checkpoint.load(path)
    kept = asdict(saved.config)
    for name, value in given.items():
        if name not in {"epochs", "device"} and value != kept[name]:
            option = "--" + name.replace("_", "-")
            raise SettingError(f"{path} has {option} {kept[name]}; start a new run")
    config = replace(saved.config, **given)
    if saved.epochs_done >= config.epochs:
        print(f"{path} has {saved.epochs_done} epochs already; --epochs asks for more")
        return
    train(config, path.parent, saved)
    print(f"saved: {path}")


def evaluate(args: Namespace) -> None:
    """Print test loss and metric of a trained model."""
    from ..data import load_data
    from ..device import choose_device
    from ..engine import evaluate
    from ..train import describe
    from .runs import find_checkpoint, trained_model

    device = choose_device(args.device)
    path = find_checkpoint(args.checkpoint, args.out)
    saved, model = trained_model(path, device)
    test = load_data(saved.config).test.to(device)
    print(f"{path}, {saved.epochs_done} epochs, on {device}")
    print(describe(*evaluate(model, test, saved.state)))


def predict(args: Namespace) -> None:
    """Print what a trained model makes of new examples, a line each."""
    if bool(args.values) == bool(args.input):
        raise SettingError("give the values of one example, or --input FILE")

    from ..data import read_inputs
    from ..device import choose_device
    from ..engine import predict
    from .runs import find_checkpoint, trained_model

    path = find_checkpoint(args.checkpoint, args.out)
    saved, model = trained_model(path, choose_device(args.device))
    x = read_inputs(args.input or [args.values], saved.state)
    predictions = predict(model, x, saved.state).tolist()
    if names := saved.state.get("classes"):
        predictions = [names[int(number)] for number in predictions]
    if not args.output:
        print(*predictions, sep="\n")
        return
    write_predictions(args.output, predictions)
    print(f"{len(predictions)} predictions: {args.output}", file=sys.stderr)


def write_predictions(path: Path, predictions: list[float | str]) -> None:
    """Write a CSV file with one column, `prediction`."""
    try:
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerows([["prediction"], *([value] for value in predictions)])
    except OSError as error:
        raise ProjectError(f"cannot write {path}: {error.strerror}") from error


def plot(args: Namespace) -> None:
    """Draw the pictures of a trained model again, beside its checkpoint."""
    from ..data import load_data
    from ..device import choose_device
    from .pictures import save_pictures
    from .runs import find_checkpoint, trained_model

    path = find_checkpoint(args.checkpoint, args.out)
    saved, model = trained_model(path, choose_device(args.device))
    for picture in save_pictures(path.parent, model, load_data(saved.config)):
        print(f"picture: {picture}")
