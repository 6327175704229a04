"""Device, training and evaluation loops."""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn
from torch.utils.data import BatchSampler, DataLoader, Dataset

# {% if not build_loss_fn %}
from .loss import metric_fn, to_predictions


# {% else +%}
# {% endif %}
def get_device(name: str = "auto") -> torch.device:
    """Return the device called `name`; "auto" is the accelerator, or else the CPU."""
    if name == "auto":
        name = torch.accelerator.current_accelerator(check_available=True) or "cpu"
    try:
        return torch.empty(0, device=name).device
    except (RuntimeError, AssertionError) as error:
        raise SystemExit(f"error: device {name!r} is not available here") from error


class RandomBatches(BatchSampler):
    """Yields batches of random indices; the last has two or more, for batch norm."""

    def __iter__(self) -> Iterator[Tensor]:
        stops = range(self.batch_size, len(self.sampler) - 1, self.batch_size)
        return iter(torch.randperm(len(self.sampler)).tensor_split(tuple(stops)))


def make_dataloader(dataset: Dataset, batch_size: int | None = None) -> DataLoader:
    """Return a DataLoader of shuffled batches, or of all examples as one batch."""
    batches = RandomBatches(dataset, batch_size, False) if batch_size else [slice(None)]
    # why: the sampler yields whole batches. Collecting single examples would be slower.
    return DataLoader(dataset, batch_size=None, sampler=batches, collate_fn=tuple)


def train_epoch(
    model: nn.Module,
    dataloader: DataLoader,
    loss_fn: Callable,
    optimizer: torch.optim.Optimizer,
    device: torch.device,
) -> float:
    """Train on every batch once; return the mean training loss."""
    model.train()  # dropout and batch norm behave differently in training
    loss_sum = 0.0
    for x, y in dataloader:
        x, y = x.to(device), y.to(device)
        ### BEGIN SOLUTION: step
        outputs = model(x)  # 1. forward pass
        loss = loss_fn(outputs, y)  # 2. mean loss of the batch
        optimizer.zero_grad()  # 3. reset the gradients: backward() adds to them
        loss.backward()  # 4. backpropagation
        optimizer.step()  # 5. update the parameters
        ### END SOLUTION
        loss_sum += loss.detach() * len(x)  # the last batch may be smaller
    return float(loss_sum) / len(dataloader.dataset)


def evaluate(
    model: nn.Module, dataloader: DataLoader, loss_fn: Callable, device: torch.device
) -> tuple[float, float]:
    """Return loss and metric over all examples."""
    ### BEGIN SOLUTION: evaluate
    model.eval()
    with torch.inference_mode():  # recording no gradients saves time and memory
        batches = [(model(x.to(device)), y.to(device)) for x, y in dataloader]
        outputs, y = (torch.cat(tensors) for tensors in zip(*batches, strict=True))
        # {% if build_loss_fn %}
        return float(loss_fn(outputs, y)), float(loss_fn.metric(outputs, y))
        # {% else %}
        return float(loss_fn(outputs, y)), float(metric_fn(to_predictions(outputs), y))
        # {% endif %}
    ### END SOLUTION


@torch.inference_mode()
def predict(model: nn.Module, x: Tensor) -> Tensor:
    """Return the outputs of the model for each row of `x`, on the CPU."""
    return model.eval()(x.to(next(model.parameters()).device)).cpu()
