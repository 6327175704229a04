"""Check what a checkpoint contained, so that errors name it and not a later step."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer


def check_finite(model: nn.Module) -> None:
    """Raise ValueError if a parameter is NaN or infinite."""
    for name, parameter in model.named_parameters():
        if not parameter.isfinite().all():
            raise ValueError(f"{name} is NaN or infinite")


def check_optimizer(optimizer: Optimizer) -> None:
    """Raise an error if the next step of the optimizer would fail."""
    for group in optimizer.param_groups:
        expected = step_alone(optimizer, group)
        for parameter in group["params"]:
            if parameter not in optimizer.state:
                continue  # before its first step
            for name, value in expected.items():
                found = optimizer.state[parameter][name]
                shape = parameter.shape if value.dim() else value.shape
                check_state(name, found, value, shape)


def check_state(name: str, found: Tensor, like: Tensor, shape: torch.Size) -> None:
    """Raise ValueError unless a tensor of the optimizer is one like another."""
    same_kind = found.is_floating_point() == like.is_floating_point()
    if found.shape != shape or found.layout != like.layout or not same_kind:
        raise ValueError(f"{name} of the optimizer has another shape or type")
    if not found.dim() and not found >= 0:
        raise ValueError(f"{name} of the optimizer is {found.item()}")


def step_alone(optimizer: Optimizer, group: dict[str, Any]) -> dict[str, Tensor]:
    """Return the state of such an optimizer after a step of one parameter."""
    # why: one small parameter, because a copy of all would need as much memory again.
    parameter = nn.Parameter(torch.zeros(1, device=group["params"][0].device))
    parameter.grad = torch.zeros_like(parameter)
    alone = type(optimizer)([parameter], **optimizer.defaults)
    alone.param_groups = [group | {"params": [parameter]}]
    alone.step()
    state = alone.state[parameter].items()
    return {name: value for name, value in state if isinstance(value, Tensor)}
