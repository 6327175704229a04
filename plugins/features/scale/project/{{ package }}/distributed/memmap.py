"""Data larger than memory: read in blocks, in an order that suits a file."""

import torch
from torch import Tensor
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

    def batches(self) -> tuple[Tensor, ...]:
        """Return the indices of each batch, sorted, so that shards are file regions."""
        whole = self.n_examples // BLOCK_SIZE
        # why: the examples after the last whole block come last, as a shorter block.
        blocks = torch.cat([torch.randperm(whole), torch.tensor([whole])])
        buffer = max(1, SHUFFLE_BUFFER_SIZE // self.batch_size) * self.batch_size
        batches: list[Tensor] = []
        for first in range(0, self.n_examples, buffer):
            position = torch.arange(first, min(first + buffer, self.n_examples))
            indices = blocks[position // BLOCK_SIZE] * BLOCK_SIZE
            indices += position % BLOCK_SIZE
            shuffled = indices[torch.randperm(len(indices))]
            batches += [
                batch.sort().values for batch in shuffled.split(self.batch_size)
            ]
        return tuple(batches)
