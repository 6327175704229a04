"""The two loops: one epoch of training, one evaluation."""

from collections.abc import Callable, Iterator
from itertools import islice

import torch
from torch import Tensor, nn

from .config import Config
from .contract import Mapped, Progress, Split, State
from .errors import check_finite
from .objective import METRIC, decide, loss
from .tools.processes import align, share, total
from .tools.streaming import parts, shuffle_blocks, take

EVALUATION_BATCH = 8_192  # rows at once without gradients; bounds memory, not results


def batches(
    split: Split, config: Config, progress: Progress, device: torch.device
) -> Iterator[tuple[Tensor, Tensor, float]]:
    """Yield what is left of an epoch, in an order of the seed: x, y, how many rows."""
    rows, size = len(split.x), config.batch_size
    # why: every epoch has an order of its own, so that batches differ; but always the
    # same one, so that a resumed run repeats what it would have done.
    seed = (config.seed + 1_000_003 * progress.epoch) % 2**63
    generator = torch.Generator().manual_seed(seed)
    if isinstance(split, Mapped):
        order = shuffle_blocks(rows, size, generator)
    elif 0 < size < rows:
        order = torch.randperm(rows, generator=generator).to(split.x.device).split(size)
    else:
        order = [slice(None)]  # all rows as they are: no copy
    for chosen in islice(order, progress.step, None):
        mine, examples = share(chosen, rows)
        yield *take(split, mine, device), examples


def train_epoch(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    split: Split,
    config: Config,
    progress: Progress,
    after_step: Callable[[], None] = lambda: None,
) -> float:
    """Learn from every example once; return the mean loss, each before its step."""
    # why: some layers (dropout, batch norm) act differently while learning, and train()
    # tells them so. Its counterpart eval() stands in evaluate, below.
    model.train()
    device = next(model.parameters()).device
    for x, y, examples in batches(split, config, progress, device):
        ### BEGIN SOLUTION: step
        outputs = model(x)  # forward pass
        losses = loss(outputs, y)  # (B,), one loss for each example
        loss_sum = losses.sum()
        progress.loss_sum += loss_sum.detach()
        if device.type == "cpu":  # a GPU works ahead, and would be held up by a look
            check_finite(progress.epoch, progress.loss_sum)
        # why: PyTorch adds new gradients to old ones. Without zero_grad a step would
        # follow the sum of all gradients so far, not those of this batch.
        optimizer.zero_grad()
        (loss_sum / examples).backward()  # gradients of the mean loss
        optimizer.step()  # move every weight against its gradient
        ### END SOLUTION
        progress.step += 1
        after_step()
    # why: dividing the sum by the number of examples is exact. A mean of batch means is
    # not, as soon as the last batch is smaller than the others.
    return total(progress.loss_sum)[0] / len(split.x)


# why: nothing is learned here, so inference_mode spares the memory and the time that
# PyTorch would spend on preparing a backward pass.
@torch.inference_mode()
def evaluate(model: nn.Module, split: Split, state: State) -> tuple[float, float]:
    """Return the mean loss and the mean score over all examples of `split`."""
    model.eval()
    align(model)
    device = next(model.parameters()).device
    loss_sum = score_sum = 0.0
    for x, y in parts(split, EVALUATION_BATCH, device):
        ### BEGIN SOLUTION: evaluate
        outputs = model(x)
        loss_sum += loss(outputs, y).sum()
        score_sum += METRIC.score(decide(outputs, state), y).sum()
        ### END SOLUTION
    loss_sum, score_sum = total(loss_sum, score_sum)
    return loss_sum / len(split.x), score_sum / len(split.x)


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
