"""Data too large for memory: read piece by piece, in an order that suits its file."""

from collections.abc import Iterator
from itertools import islice
from math import ceil

import torch
from torch import Generator, Tensor

from ..contract import Split
from ..errors import SettingError
from .processes import rank, world_size

BLOCK = 1_024  # rows that lie side by side in the file, and are read together
WINDOW = 262_144  # rows, of blocks from all over the file, that are mixed


def shuffle_blocks(
    rows: int, batch_size: int, generator: Generator
) -> Iterator[Tensor]:
    """Yield the numbers of all rows in batches: blocks shuffled, then rows in them.

    Only the rows of a window are in use at a time, and they lie in few places. A batch
    is in the order of the file: processes that share it read a part of the file each.
    """
    if not batch_size:
        raise SettingError("--batch-size must be above 0: the data is streamed")
    whole = rows // BLOCK
    # The rows after the last whole block come last, as a shorter block.
    blocks = torch.randperm(whole, generator=generator)
    blocks = torch.cat([blocks, torch.tensor([whole])])
    window = max(1, WINDOW // batch_size) * batch_size
    for first in range(0, rows, window):
        places = torch.arange(first, min(first + window, rows))
        numbers = blocks[places // BLOCK] * BLOCK + places % BLOCK
        mixed = numbers[torch.randperm(len(numbers), generator=generator)]
        for batch in mixed.split(batch_size):
            yield batch.sort().values


def parts(split: Split, most: int, device: torch.device) -> Iterator[Split]:
    """Yield all rows in order, `most` at once; of several processes, each a share."""
    size = min(most, ceil(len(split.x) / world_size()))
    pieces = zip(split.x.split(size), split.y.split(size), strict=True)
    for piece in islice(pieces, rank(), None, world_size()):
        yield send(Split(*piece), device)


def take(split: Split, chosen: Tensor | slice, device: torch.device) -> Split:
    """Return the chosen rows on `device`, wherever the split itself is."""
    return send(Split(split.x[chosen], split.y[chosen]), device)


def send(batch: Split, device: torch.device) -> Split:
    """Return a batch on `device`, itself if it is there."""
    if batch.x.device == device:
        return batch
    if device.type != "cuda":
        return batch.to(device)
    # From pinned memory a GPU fetches by itself, while Python goes on to the next step.
    x, y = (part.pin_memory().to(device, non_blocking=True) for part in batch)
    return Split(x, y)
