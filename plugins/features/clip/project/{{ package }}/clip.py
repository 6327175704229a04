"""Clip the gradients by their norm."""

from torch.nn.utils import clip_grad_norm_
from torch.optim import Optimizer


def clip_gradients(optimizer: Optimizer, max_norm: float) -> None:
    """Clip the norm of all gradients together, before each step of the optimizer."""
    parameters = [p for group in optimizer.param_groups for p in group["params"]]

    def clip(*_) -> None:
        clip_grad_norm_(parameters, max_norm)

    # why: between backward() and the update, that is at the beginning of step(). One
    # norm over all parameters keeps the direction of the gradient.
    optimizer.register_step_pre_hook(clip)
