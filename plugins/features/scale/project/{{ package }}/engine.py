"""Training and evaluation loops, for one or several processes."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from .distributed.collectives import all_gather, broadcast_buffers, world_size
from .distributed.memmap import BlockBatches, MemmapDataset
from .distributed.model_setup import get_device
from .distributed.samplers import FullBatch, RandomBatches
from .distributed.train_state import TrainState

# {% if not build_loss_fn %}
# of the task
from .loss import metric_fn, to_predictions

# {% endif %}
__all__ = ["RandomBatches", "get_device", "predict"]
EVAL_BATCH_SIZE = 8_192  # limits the memory that activations take


def make_dataloader(dataset: Dataset, batch_size: int | None = None) -> DataLoader:
    """Return a DataLoader of shuffled batches, or of all examples as one batch."""
    kind = BlockBatches if isinstance(dataset, MemmapDataset) else RandomBatches
    n_examples = len(dataset)
    sampler = kind(n_examples, batch_size) if batch_size else FullBatch(n_examples)
    # why: batch_size=None, because an index from this sampler is that of a whole batch.
    # Collecting a batch example by example, as by default, is several times slower.
    return DataLoader(dataset, batch_size=None, sampler=sampler, collate_fn=tuple)


def train_epoch(
    model: nn.Module,
    dataloader: DataLoader,
    loss_fn: Callable,
    optimizer: torch.optim.Optimizer,
    device: torch.device,
    state: TrainState | None = None,
) -> float:
    """Train on what is left of an epoch; return the mean training loss."""
    model.train()  # dropout and batch norm behave differently in training
    state = state or TrainState()
    dataloader.sampler.start = state.step
    for x, y in dataloader:
        state.restore_rng_state(device)
        x, y = x.to(device), y.to(device)
        outputs = model(x)
        # why: a shard may be empty; the mean of no losses would be NaN.
        loss = loss_fn(outputs, y) if len(x) else outputs.sum() * 0
        # why: DistributedDataParallel averages gradients over processes. Weighted like
        # this, their average is the gradient of the mean loss of the whole batch.
        batch_size = dataloader.sampler.global_batch_size(state.step)
        optimizer.zero_grad()
        (loss * (len(x) * world_size() / batch_size)).backward()
        optimizer.step()
        state.loss_sum += loss.detach() * len(x)
        state.step += 1
        state.on_step_end()
    loss_sum = sum(all_gather(float(state.loss_sum)))
    state.end_epoch()
    return loss_sum / len(dataloader.dataset)


@torch.inference_mode()  # recording no gradients saves time and memory
def evaluate(
    model: nn.Module, dataloader: DataLoader, loss_fn: Callable, device: torch.device
) -> tuple[float, float]:
    """Return loss and metric over all examples, of all processes."""
    model.eval()
    broadcast_buffers(model)
    batches = [(forward(model, x, device), y.to(device)) for x, y in dataloader]
    outputs, y = (torch.cat(tensors) for tensors in zip(*batches, strict=True))
    if world_size() > 1:
        shards = all_gather((outputs.cpu(), y.cpu()))
        outputs, y = (torch.cat(tensors) for tensors in zip(*shards, strict=True))
    # {% if build_loss_fn %}
    return float(loss_fn(outputs, y)), float(loss_fn.metric(outputs, y))
    # {% else %}
    return float(loss_fn(outputs, y)), float(metric_fn(to_predictions(outputs), y))
    # {% endif %}


@torch.inference_mode()
def predict(model: nn.Module, x: Tensor) -> Tensor:
    """Return the outputs of the model for each row of `x`, on the CPU."""
    return forward(model.eval(), x, next(model.parameters()).device).cpu()


def forward(model: nn.Module, x: Tensor, device: torch.device) -> Tensor:
    """Return the outputs for all rows of `x`, which are on `device` in batches only."""
    batches = x.split(EVAL_BATCH_SIZE)
    return torch.cat([model(batch.to(device)) for batch in batches])
