"""All that training does, once and with one batch, as `doctor` goes through it."""

from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor, nn

from .. import checkpoint
from ..config import Config
from ..contract import Progress
from ..data import load_data
from ..device import choose_device, place
from ..engine import compute_outputs
from ..errors import ProjectError
from ..model import build_model
from ..objective import loss
from ..train import build_optimizer
from .runs import trained_model

EXAMPLES = 1024  # at most so many in the batch


def rehearse(path: Path) -> Iterator[str]:
    """Yield what came of device, data, forward, ..., save to `path`, load, output."""
    config = Config()
    device = choose_device(config.device)
    yield f"{device}, {torch.get_num_threads()} threads"
    train, test, _, state = load_data(config)
    yield f"{len(train.x)} examples to learn from, {len(test.x)} to test"
    model = place(build_model(config, state), device, config.precision)
    optimizer = build_optimizer(config, model)
    x, y = (part[:EXAMPLES].to(device) for part in train)
    yield from learn(model, optimizer, x, y)
    kept = {"config": config, "state": state, "progress": Progress()}
    checkpoint.save(path, model=model, optimizer=optimizer, **kept)
    yield f"{path.stat().st_size} bytes"
    _, loaded = trained_model(path, device)
    yield "into a new model"
    if not torch.equal(compute_outputs(model, x), compute_outputs(loaded, x)):
        raise ProjectError("model.py keeps something outside of its state_dict()")
    yield "that of the saved model, to the last bit"


def learn(
    model: nn.Module, optimizer: torch.optim.Optimizer, x: Tensor, y: Tensor
) -> Iterator[str]:
    """Yield what came of forward, loss, backward and step for one batch."""
    outputs = model(x)
    yield f"{tuple(x.shape)} becomes {tuple(outputs.shape)}"
    losses = loss(outputs, y)
    if not losses.isfinite().all():
        raise ProjectError("not finite; are the numbers of the data far too large?")
    yield f"{losses.mean().item():.4f}, untrained"
    losses.mean().backward()
    for name, weight in model.named_parameters():
        if weight.requires_grad and weight.grad is None:
            raise ProjectError(f"forward() of model.py makes no use of {name}")
    yield "a gradient for every weight"
    optimizer.step()
    yield type(optimizer).__name__
