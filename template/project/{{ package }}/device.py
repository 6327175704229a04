"""Where the numbers are crunched, and how: device and precision."""

import torch
from torch import nn

from .errors import SettingError
from .tools.together import own


# why: chosen in a function, not at import. Importing a module must not touch hardware,
# and a flag can still change the choice.
def choose_device(name: str = "auto") -> torch.device:
    """Return the device called `name`; "auto" takes the accelerator found here.

    Raises SettingError if there is no such device on this machine.
    """
    accelerator = torch.accelerator.current_accelerator(check_available=True)
    cpu = torch.device("cpu")
    if name == "auto":
        return own(accelerator or cpu)
    here = {device.type for device in (cpu, accelerator) if device}
    try:
        device = torch.device(name)
        if device.type not in here:
            raise RuntimeError("not on this machine")
        torch.empty(0, device=device)
        if device.index and device.type != "cpu":
            torch.accelerator.set_device_index(device.index)
    except RuntimeError as error:
        known = ", ".join(["auto", *sorted(here)])
        message = f"no device {name!r} on this machine; --device takes {known}"
        raise SettingError(message) from error
    return own(device)


def place(model: nn.Module, device: torch.device, precision: str) -> nn.Module:
    """Return `model` on `device`, computing in `precision`."""
    if precision == "bf16":
        # why: products of 16 bits are faster on many devices, and precise enough. The
        # weights and the loss keep 32 bits, or small steps would be rounded away.
        forward = torch.autocast(device.type, torch.bfloat16)(model.forward)
        model.forward = lambda x: forward(x).float()
    return model.to(device)
