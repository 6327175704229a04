"""The learning-rate schedule: `--lr`, multiplied by a factor for each epoch."""

from math import cos, pi

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR

from .config import Config

WARMUP = 0.3  # of the epochs, in one_cycle


def make_scheduler(optimizer: Optimizer, config: Config, start: int) -> LambdaLR:
    """Return a scheduler whose `step` sets the learning rate of the next epoch.

    `start` is the number of epochs that a resumed run has trained before.
    """
    factor = FACTORS[config.schedule]
    for group in optimizer.param_groups:
        group.setdefault("initial_lr", group["lr"])  # a checkpoint may have it
    # why: the factor depends on the number of the epoch alone. So a resumed run needs
    # no state of the scheduler, and has exactly the learning rates of a whole one.
    scheduler = LambdaLR(
        optimizer, lambda epoch: factor(epoch / config.epochs), start - 1
    )
    # why: it warns unless a step of the optimizer comes first. A run that is resumed at
    # the end of an epoch has none left; without gradients, this one changes nothing.
    optimizer.step()
    return scheduler


def cosine(progress: float) -> float:
    """Fall from 1 to 0 along half a cosine wave."""
    return (1 + cos(pi * progress)) / 2


def step(progress: float) -> float:
    """Divide by 10 after each third."""
    return 0.1 ** int(3 * progress)


def one_cycle(progress: float) -> float:
    """Rise from 1/25 to 1, then fall to 0; each along half a cosine wave."""
    if progress < WARMUP:
        return 1 - 24 / 25 * cosine(progress / WARMUP)
    return cosine((progress - WARMUP) / (1 - WARMUP))


FACTORS = {"cosine": cosine, "step": step, "one-cycle": one_cycle}
