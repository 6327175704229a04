"""An epoch shows each example once, in an order fixed by the seed."""

import pytest
import torch

from package.config import Config
from package.contract import Mapped, Progress, Split
from package.engine import batches

NUMBERS = Split(torch.arange(10), torch.arange(10))


def order(split: Split, epoch: int, step: int = 0) -> list[list[int]]:
    """Return the batches of an epoch, four examples in each, from a step on."""
    config, progress = Config(batch_size=4, seed=1), Progress(epoch, step)
    return [x.tolist() for x, _ in batches(split, config, progress, split.x.device)]


@pytest.mark.parametrize("split", [NUMBERS, Mapped(*NUMBERS)])
def test_an_epoch_shows_every_example_once_in_an_order_of_its_own(split: Split) -> None:
    assert order(split, epoch=0) == order(split, epoch=0) != order(split, epoch=1)
    assert [len(batch) for batch in order(split, epoch=0)] == [4, 4, 2]
    assert sorted(row for batch in order(split, epoch=1) for row in batch) == list(
        range(10)
    )


@pytest.mark.parametrize("split", [NUMBERS, Mapped(*NUMBERS)])
def test_an_epoch_goes_on_where_it_was_left(split: Split) -> None:
    assert order(split, epoch=0, step=1) == order(split, epoch=0)[1:]
