"""The parameters with the largest values."""

from torch import nn


def largest_parameters(model: nn.Module, top: int) -> list[str]:
    """Return the names of the `top` parameters with the largest absolute values."""
    sizes = {n: float(p.detach().abs().max()) for n, p in model.named_parameters()}
    return sorted(sizes, key=sizes.__getitem__, reverse=True)[:top]
