"""Data larger than memory: read in blocks, in an order that suits a file."""

from collections.abc import Iterator
from itertools import pairwise

import torch
from torch import Generator, Tensor
from torch.utils.data import TensorDataset

from .samplers import ShardedSampler

BLOCK_SIZE = 1_024  # examples that are adjacent in the file, and read together
SHUFFLE_BUFFER_SIZE = 262_144  # examples, from random blocks, that are shuffled


class MemmapDataset(TensorDataset):
    """A TensorDataset of memory-mapped tensors, which are not moved to a device.

    For example `torch.from_numpy(numpy.load("x.npy", mmap_mode="c"))`.
    """


class BlockBatches(ShardedSampler):
    """Batches of random blocks of the file, shuffled within a buffer."""

    def batches(self) -> Iterator[Tensor]:
        """Return the indices of each batch, sorted, so that shards are file regions."""
        # why: a generator of its own, because dropout draws between the batches.
        seed = int(torch.randint(2**62, ()))
        return self.shuffle_blocks(Generator().manual_seed(seed))

    def shuffle_blocks(self, generator: Generator) -> Iterator[Tensor]:
        """Yield the batches of one buffer after the other."""
        whole = self.n_examples // BLOCK_SIZE
        # why: the examples after the last whole block come last, as a shorter block.
        blocks = torch.randperm(whole, generator=generator)
        blocks = torch.cat([blocks, torch.tensor([whole])])
        buffer = max(1, SHUFFLE_BUFFER_SIZE // self.batch_size) * self.batch_size
        starts = [0, *range(buffer, self.n_examples - 1, buffer)]
        for first, stop in pairwise([*starts, self.n_examples]):
            position = torch.arange(first, stop)
            indices = blocks[position // BLOCK_SIZE] * BLOCK_SIZE
            indices += position % BLOCK_SIZE
            shuffled = indices[torch.randperm(len(indices), generator=generator)]
            stops = range(self.batch_size, len(shuffled) - 1, self.batch_size)
            for batch in shuffled.tensor_split(tuple(stops)):
                yield batch.sort().values
