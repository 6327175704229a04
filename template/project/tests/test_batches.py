"""An epoch shows each example once, in an order fixed by the seed."""

import pytest
import torch

from package.config import Config
from package.contract import Mapped, Progress, Split
from package.engine import batches
from package.tools import processes, streaming

NUMBERS = Split(torch.arange(10), torch.arange(10))


def order(split: Split, epoch: int, step: int = 0) -> list[list[int]]:
    """Return the batches of an epoch, four examples in each, from a step on."""
    config, progress = Config(batch_size=4, seed=1), Progress(epoch, step)
    return [x.tolist() for x, *_ in batches(split, config, progress, split.x.device)]


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


def be(rank: int, world_size: int, patch: pytest.MonkeyPatch) -> None:
    """Let this process take itself for one of several."""
    for module in (processes, streaming):
        patch.setattr(module, "rank", lambda: rank)
        patch.setattr(module, "world_size", lambda: world_size)


@pytest.mark.parametrize("batch_size", [0, 4])
@pytest.mark.parametrize("kind", [Split, Mapped])
def test_several_processes_share_the_batches_of_one(
    kind: type[Split], batch_size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    split = kind(*NUMBERS)
    config = Config(batch_size=batch_size or (10 if kind is Mapped else 0), seed=1)
    cpu = torch.device("cpu")
    alone = list(batches(split, config, Progress(), cpu))
    shares = []
    for rank in range(3):
        be(rank, 3, monkeypatch)
        shares.append(list(batches(split, config, Progress(), cpu)))
    for (whole, _, rows), *parts in zip(alone, *shares, strict=True):
        together = torch.cat([x for x, *_ in parts])
        assert sorted(together.tolist()) == sorted(whole.tolist())
        assert {len(x) for x, *_ in parts} <= {len(whole) // 3, len(whole) // 3 + 1}
        assert {examples for *_, examples in parts} == {rows / 3}


def test_each_process_reads_its_own_part_of_a_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = torch.arange(100_000)
    config, cpu = Config(batch_size=1_000, seed=1), torch.device("cpu")
    for rank in range(2):
        be(rank, 2, monkeypatch)
        read = batches(Mapped(rows, rows), config, Progress(), cpu)
        inside = torch.cat([x // 50_000 == rank for x, *_ in read])
        assert len(inside) == 50_000
        assert inside.float().mean() > 0.95


def test_several_processes_share_an_evaluation(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    for rank in range(3):
        be(rank, 3, monkeypatch)
        seen += [
            part.x.tolist()
            for part in streaming.parts(NUMBERS, 8_192, NUMBERS.x.device)
        ]
    assert seen == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
