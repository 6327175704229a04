"""The story of a run, from top to bottom; the command `train` tells it."""

from pathlib import Path

import torch
from torch import nn

from . import checkpoint
from .config import Config
from .contract import Data, Progress
from .data import load_data
from .device import choose_device, place
from .engine import evaluate, train_epoch
from .errors import check_finite
from .model import build_model
from .objective import METRIC
from .tools.compiler import compiled
from .tools.history import History
from .tools.interrupt import Interrupt
from .tools.pictures import save_pictures
from .tools.saver import Saver
from .tools.surroundings import choose_surroundings
from .tools.together import describe_place, together


def train(
    config: Config, run: Path, resumed: checkpoint.Checkpoint | None = None
) -> None:
    """Train a model and write all that is known of the run into the folder `run`.

    With `resumed`, go on where that checkpoint ends.
    """
    device = choose_device(config.device)
    print(f"device: {describe_place(device)}")
    data = load_data(config)

    # why: the seed stands right before the model, whose first weights are random: any
    # random number drawn in between would change all of them.
    torch.manual_seed(config.seed)
    model = place(build_model(config, data.state), device, config.precision)
    optimizer = build_optimizer(config, model)
    choose_surroundings(model, config.batch_size or len(data.train.x))

    # why: the data has to be where the model is; PyTorch never moves it by itself.
    near = data.to(device)
    untrained = evaluate(model, near.test, data.state)
    progress = checkpoint.restore(resumed, model, optimizer) if resumed else Progress()
    run_epochs(config, run, near, model, optimizer, progress)

    print(f"untrained: {describe(*untrained)}")
    print(f"trained:   {describe(*evaluate(model, near.test, data.state))}")
    print(model)
    for picture in save_pictures(run, model, data):
        print(f"picture: {picture}")


def run_epochs(
    config: Config,
    run: Path,
    data: Data,
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    progress: Progress,
) -> None:
    """Learn, judge, record and save, epoch by epoch, from `progress` on."""
    learner = compiled(together(model)) if config.compile else together(model)
    history = History(run, config, data, progress)
    saver = Saver(run, history, config, progress, data.state, model, optimizer)
    with history, Interrupt(saver.save_last) as interrupt:
        while not history.complete():
            train_loss = train_epoch(
                learner, optimizer, data.train, config, progress, interrupt.after_step
            )
            # why: the model never learns from test data. What it makes of them is the
            # only honest sign of what it will make of data it has not seen.
            figures = [train_loss, *evaluate(model, data.test, data.state)]
            if data.validation:
                figures.append(evaluate(model, data.validation, data.state)[0])
            check_finite(progress.epoch, *figures)
            progress.end_epoch()
            if history.add(figures):
                saver.save_best()
            interrupt.after_step()
        interrupt.save()


def build_optimizer(config: Config, model: nn.Module) -> torch.optim.Optimizer:
    """Return the optimizer that `config` names, in charge of all weights."""
    kinds = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}
    # why: fused moves all weights in one go, instead of with several calls for each.
    return kinds[config.optimizer](model.parameters(), lr=config.lr, fused=True)


def describe(loss: float, score: float) -> str:
    """Return both figures in full precision, as `metrics.csv` has them."""
    return f"test_loss {loss!r}  {METRIC.name} {score!r}"
