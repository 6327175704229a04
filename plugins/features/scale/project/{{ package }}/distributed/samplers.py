"""Which examples of each batch this process trains on."""

from collections.abc import Iterator
from itertools import islice

import torch
from torch import Tensor
from torch.utils.data import Sampler

from .collectives import rank, world_size


class ShardedSampler(Sampler[Tensor]):
    """Yields this process's shard of each batch, from the step `start` on."""

    def __init__(self, n_examples: int, batch_size: int) -> None:
        self.n_examples, self.batch_size, self.start = n_examples, batch_size, 0

    def batches(self) -> Iterator[Tensor]:
        """Return the indices of each batch of an epoch, the same in all processes."""
        raise NotImplementedError

    def __iter__(self) -> Iterator[Tensor]:
        # why: the order is drawn here, and not with the first batch: DataLoader draws a
        # random number in between, and the core would have another order.
        batches = islice(self.batches(), self.start, None)
        if rank() > 0:  # from here on, each process draws its own dropout masks
            torch.manual_seed(torch.initial_seed() + 1_000_003 * rank())
        return (batch.tensor_split(world_size())[rank()] for batch in batches)

    def __len__(self) -> int:
        return len(self.stops()) + 1 - self.start

    def stops(self) -> range:
        """Return where batches end, but the last, which has two examples or more."""
        return range(self.batch_size, self.n_examples - 1, self.batch_size)

    def global_batch_size(self, step: int) -> int:
        """Return the size of a batch over all processes; the last may differ."""
        is_last = step == len(self.stops())
        return self.n_examples - step * self.batch_size if is_last else self.batch_size


class RandomBatches(ShardedSampler):
    """Batches in a new random order every epoch."""

    def batches(self) -> Iterator[Tensor]:
        """Return a permutation of all examples, in batches."""
        return iter(torch.randperm(self.n_examples).tensor_split(tuple(self.stops())))


class FullBatch(Sampler[slice]):
    """Yields all examples as one batch: with several processes, every n-th of them."""

    def __init__(self, n_examples: int) -> None:
        self.n_examples, self.start = n_examples, 0

    def __iter__(self) -> Iterator[slice]:
        if rank() > 0:
            torch.manual_seed(torch.initial_seed() + 1_000_003 * rank())
        return iter([slice(rank(), None, world_size())][self.start :])

    def __len__(self) -> int:
        return 1 - self.start

    def global_batch_size(self, step: int) -> int:
        """Return the size of the batch over all processes."""
        return self.n_examples
