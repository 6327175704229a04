"""The two loops: one epoch of training, one evaluation."""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from .config import Config
from .contract import Split, State
from .objective import METRIC, decide, loss

EVALUATION_BATCH = 65_536  # rows at once without gradients; bounds memory, not results


def batches(split: Split, batch_size: int, seed: int, epoch: int) -> Iterator[Split]:
    """Yield the examples in batches, in an order fixed by `seed` and `epoch`."""
    rows = len(split.x)
    if batch_size == 0 or batch_size >= rows:
        yield split
        return
    # why: every epoch has an order of its own, so that batches differ; but always the
    # same one, so that a resumed run repeats what it would have done.
    generator = torch.Generator().manual_seed((seed + 1_000_003 * epoch) % 2**63)
    order = torch.randperm(rows, generator=generator).to(split.x.device)
    for chosen in order.split(batch_size):
        yield Split(split.x[chosen], split.y[chosen])


def train_epoch(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    split: Split,
    config: Config,
    epoch: int,
) -> float:
    """Learn from every example once; return the mean loss, each before its step."""
    # why: some layers (dropout, batch norm) act differently while learning, and train()
    # tells them so. Its counterpart eval() stands in evaluate, below.
    model.train()
    total = torch.zeros((), device=split.x.device)
    for x, y in batches(split, config.batch_size, config.seed, epoch):
        outputs = model(x)  # forward pass
        losses = loss(outputs, y)  # (B,), one loss for each example
        # why: PyTorch adds new gradients to old ones. Without zero_grad a step would
        # follow the sum of all gradients so far, not those of this batch.
        optimizer.zero_grad()
        losses.mean().backward()  # the gradient of every weight
        optimizer.step()  # move every weight against its gradient
        total += losses.detach().sum()
    # why: dividing the sum by the number of examples is exact. A mean of batch means is
    # not, as soon as the last batch is smaller than the others.
    return total.item() / len(split.x)


# why: nothing is learned here, so inference_mode spares the memory and the time that
# PyTorch would spend on preparing a backward pass.
@torch.inference_mode()
def evaluate(model: nn.Module, split: Split, state: State) -> tuple[float, float]:
    """Return the mean loss and the mean score over all examples of `split`."""
    model.eval()
    total_loss = torch.zeros((), device=split.x.device)
    total_score = torch.zeros((), device=split.x.device)
    parts = split.x.split(EVALUATION_BATCH), split.y.split(EVALUATION_BATCH)
    for x, y in zip(*parts, strict=True):
        outputs = model(x)
        total_loss += loss(outputs, y).sum()
        total_score += METRIC.score(decide(outputs, state), y).sum()
    return total_loss.item() / len(split.x), total_score.item() / len(split.x)


@torch.inference_mode()
def compute_outputs(model: nn.Module, x: Tensor) -> Tensor:
    """Return what the model makes of each row of `x`, undecided, on the CPU."""
    model.eval()
    device = next(model.parameters()).device
    parts = [model(part.to(device)) for part in x.split(EVALUATION_BATCH)]
    return torch.cat(parts).cpu()


def predict(model: nn.Module, x: Tensor, state: State) -> Tensor:
    """Return the decision for each row of `x`, on the CPU: (N, ...) -> (N,)."""
    return decide(compute_outputs(model, x), state)
