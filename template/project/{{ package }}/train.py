"""The story of a run, from top to bottom; the command `train` tells it."""

import time
from functools import partial
from math import isfinite
from pathlib import Path

import torch
from torch import nn

from . import checkpoint
from .config import Config
from .contract import Data
from .data import load_data
from .device import choose_device
from .engine import evaluate, train_epoch
from .errors import ProjectError
from .model import build_model
from .objective import METRIC
from .tools.history import History
from .tools.interrupt import Interrupt
from .tools.pictures import save_pictures

SAVE_EVERY = 5  # seconds: a crash costs no more work than that, and an epoch


def train(
    config: Config, run: Path, resumed: checkpoint.Checkpoint | None = None
) -> None:
    """Train a model and write all that is known of the run into the folder `run`.

    With `resumed`, go on where that checkpoint ends.
    """
    device = choose_device(config.device)
    print(f"device: {device}")
    data = load_data(config)

    # why: the seed stands right before the model, whose first weights are random: any
    # random number drawn in between would change all of them.
    torch.manual_seed(config.seed)
    model = build_model(config, data.state).to(device)
    optimizer = build_optimizer(config, model)

    # why: the data has to be where the model is; PyTorch never moves it by itself.
    near = data.to(device)
    untrained = evaluate(model, near.test, data.state)
    first = checkpoint.restore(resumed, model, optimizer) if resumed else 0
    trained = run_epochs(config, run, near, model, optimizer, first)

    print(f"untrained: {describe(*untrained)}")
    print(f"trained:   {describe(*trained)}")
    print(model)
    for picture in save_pictures(run, model, data):
        print(f"picture: {picture}")


def run_epochs(
    config: Config,
    run: Path,
    data: Data,
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    first: int,
) -> tuple[float, float]:
    """Learn, judge, record and save, epoch by epoch; return the last test figures."""
    parts = {"state": data.state, "model": model, "optimizer": optimizer}
    save = partial(checkpoint.save, config=config, **parts)
    saved = time.monotonic()
    with History(run, data, first, config.epochs) as history, Interrupt() as interrupt:
        for epoch in range(first, config.epochs):
            train_loss = train_epoch(model, optimizer, data.train, config, epoch)
            # why: the model never learns from test data. What it makes of them is the
            # only honest sign of what it will make of data it has not seen.
            test_loss, score = evaluate(model, data.test, data.state)
            figures = [train_loss, test_loss, score]
            if data.validation:
                figures.append(evaluate(model, data.validation, data.state)[0])
            check_finite(epoch, figures)
            if history.add(epoch, figures):
                save(run / "best.pt", epochs_done=epoch + 1)
            if interrupt.received or time.monotonic() - saved > SAVE_EVERY:
                save(run / "last.pt", epochs_done=epoch + 1)
                saved = time.monotonic()
            interrupt.exit_if_received()
    save(run / "last.pt", epochs_done=config.epochs)
    return test_loss, score


def build_optimizer(config: Config, model: nn.Module) -> torch.optim.Optimizer:
    """Return the optimizer that `config` names, in charge of all weights."""
    kinds = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}
    return kinds[config.optimizer](model.parameters(), lr=config.lr)


def check_finite(epoch: int, figures: list[float]) -> None:
    """Raise ProjectError if training has blown up; nothing of it is saved then."""
    if not all(isfinite(figure) for figure in figures):
        raise ProjectError(
            f"the loss is not finite in epoch {epoch}: the steps or the data are too "
            "large; try a smaller --lr (the last checkpoint, if any, is kept)"
        )


def describe(loss: float, score: float) -> str:
    """Return both figures in full precision, as `metrics.csv` has them."""
    return f"test_loss {loss!r}  {METRIC.name} {score!r}"
