"""Find a learning rate by a range test."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from tyro.conf import OmitArgPrefixes

from .config import Config

if TYPE_CHECKING:
    from torch import nn
    from torch.utils.data import Dataset


def find_lr(config: OmitArgPrefixes[Config]) -> None:
    """Train at growing learning rates; print that at which the loss falls most."""
    rows = list(range_test(config))
    for lr, loss in rows:
        print(f"lr {lr:.2g}  train_loss {loss:.4g}")
    print(f"the loss falls most with train --lr {steepest(rows):.2g}")


def range_test(config: Config) -> Iterator[tuple[float, float]]:
    """Yield growing learning rates, each with the loss of an epoch, while it learns."""
    import torch  # imported here, so that --help need not load it

    from . import engine, train

    model, loss_fn, dataset = set_up(config)
    dataloader = engine.make_dataloader(dataset, config.batch_size)
    device = engine.get_device(config.device)
    model.to(device)
    optimizer = train.OPTIMIZERS[config.optimizer](model.parameters(), lr=config.lr)
    lowest = float("inf")
    for lr in torch.logspace(-5, 1, steps=25).tolist():
        for group in optimizer.param_groups:
            group["lr"] = lr
        value = engine.train_epoch(model, dataloader, loss_fn, optimizer, device)
        # why: above a certain learning rate, steps are too long: the loss grows.
        if not value < 1.2 * lowest:
            return
        lowest = min(lowest, value)
        yield lr, value


def set_up(config: Config) -> tuple["nn.Module", Callable, "Dataset"]:
    """Return a new model, the loss function, and the training set."""
    import torch

    from . import data, engine, loss, model

    # {% if data_info %}
    train_data, *_, data_info = data.make_datasets(config)
    torch.manual_seed(config.seed)
    new_model = model.build_model(config, data_info)
    # {% else %}
    train_data, *_ = data.make_datasets(config)
    torch.manual_seed(config.seed)
    new_model = model.build_model(config)
    # {% endif %}
    engine.predict(new_model, train_data[:1][0])  # lazy layers get their shapes
    # {% if build_loss_fn and data_info %}
    loss_fn = loss.build_loss_fn(config, data_info).to(engine.get_device(config.device))
    # {% elif build_loss_fn %}
    loss_fn = loss.build_loss_fn(config).to(engine.get_device(config.device))
    # {% else %}
    loss_fn = loss.loss_fn
    # {% endif %}
    return new_model, loss_fn, train_data


def steepest(rows: Sequence[tuple[float, float]]) -> float:
    """Return the learning rate after which the loss fell most."""
    falls = {before[1] - after[1]: before[0] for before, after in pairwise(rows)}
    return falls[max(falls)]
