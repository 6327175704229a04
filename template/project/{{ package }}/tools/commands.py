"""What each command does. The first line of each function is its help."""

import sys
from argparse import Namespace
from collections.abc import Callable
from dataclasses import fields

from ..config import Config
from ..errors import ProjectError, SettingError

Command = Callable[[Namespace], None]

# Imports stand inside the functions, because torch takes a second to load and --help,
# or a mistyped flag, should not have to wait for it.


def doctor(args: Namespace) -> None:
    """Check that all is there which training needs; say what is missing."""
    from .doctor import diagnose

    if not diagnose():
        raise ProjectError("not ready to train: mend what the line with `no` says")


def train(args: Namespace) -> None:
    """Train a model and write it to the next free folder of runs."""
    names = {setting.name for setting in fields(Config)}
    given = {name: value for name, value in vars(args).items() if name in names}
    config = Config(**given)  # refuses what no setting may be, before torch is loaded

    from . import launch

    if args.resume is None:
        launch.begin(args.out, config)
    else:
        launch.resume(args.out, args.resume, given)


def runs(args: Namespace) -> None:
    """List the runs: their results, and the settings in which they differ."""
    from .compare import compare

    print(*compare(args.out), sep="\n")


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
    try:
        figures = evaluate(model, test, saved.state)
    except RuntimeError as error:  # inputs of another width than the weights
        raise ProjectError(f"the data has changed since {path}; train again") from error
    print(f"{path}, {saved.progress.epoch} epochs, on {device}")
    print(describe(*figures))


def predict(args: Namespace) -> None:
    """Print what a trained model makes of new examples, a line each."""
    if bool(args.values) == bool(args.input):
        raise SettingError("give the values of one example, or --input FILE")

    from .answers import answer, find_predictor
    from .tables import write_column

    answers = answer(find_predictor(args), args.input or [args.values])
    if not args.output:
        print(*answers, sep="\n")
        return
    write_column(args.output, "prediction", answers)
    print(f"{len(answers)} predictions: {args.output}", file=sys.stderr)


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
