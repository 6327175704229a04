"""`--compile`: the model as machine code of its own."""

import torch
from torch import nn

from ..errors import ProjectError


def compiled(model: nn.Module) -> nn.Module:
    """Return `model` in compiled form; both have the same weights.

    Raises ProjectError if this machine has no compiler that torch can use.
    """
    # Found out on something tiny, since the model is compiled when it is first called.
    device = next(model.parameters()).device
    try:
        torch.compile(lambda x: x + 1)(torch.zeros(2, device=device))
    except Exception as error:  # of many kinds, by what is missing
        reason = str(error).strip().partition("\n")[0]
        message = f"--compile finds no compiler that works ({reason}); leave it out"
        raise ProjectError(message) from error
    # One piece of code for each shape: the result must not depend on which came first.
    return torch.compile(model, dynamic=False)
