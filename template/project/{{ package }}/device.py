"""Select the device to train on."""

import torch


def get_device(name: str = "auto") -> torch.device:
    """Return the device called `name`; "auto" is the accelerator, or else the CPU."""
    if name == "auto":
        name = torch.accelerator.current_accelerator(check_available=True) or "cpu"
    try:
        return torch.empty(0, device=name).device
    except (RuntimeError, AssertionError) as error:
        raise SystemExit(f"error: device {name!r} is not available here") from error
