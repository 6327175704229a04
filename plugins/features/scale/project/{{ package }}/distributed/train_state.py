"""The state of training inside an epoch, which a checkpoint has to restore exactly."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .collectives import all_gather, rank, world_size


@dataclass
class TrainState:
    """Steps done in the current epoch, the sum of their losses, and the RNG state."""

    step: int = 0
    loss_sum: Tensor | float = 0.0  # weighted by batch size, of this process
    rng_state: dict[str, Any] | None = None  # to restore before the next step
    on_step_end: Callable[[], None] = lambda: None

    def to_checkpoint(self, device: torch.device) -> dict[str, Any]:
        """Return the state of all processes, as plain data and tensors."""
        own = {"loss_sum": float(self.loss_sum), "rng_state": get_rng_state(device)}
        return {"step": self.step, "ranks": all_gather(own)}

    def from_checkpoint(self, content: dict[str, Any]) -> None:
        """Restore the state; with fewer processes, sums of losses are shared."""
        self.step, ranks = int(content["step"]), content["ranks"]
        if self.step < 0:
            raise ValueError(f"step {self.step} of the epoch")
        mine = ranks[rank() :: world_size()]
        self.loss_sum = float(sum(state["loss_sum"] for state in mine))
        if mine and self.step:
            self.rng_state = mine[0]["rng_state"]
            set_rng_state(torch.device("cpu"), self.rng_state)  # fails now, not later

    def restore_rng_state(self, device: torch.device) -> None:
        """Continue with the random numbers of the interrupted epoch, once."""
        if self.rng_state is not None:
            set_rng_state(device, self.rng_state)
            self.rng_state = None

    def end_epoch(self) -> None:
        """Start the next epoch."""
        self.step, self.loss_sum, self.rng_state = 0, 0.0, None


def set_seed(seed: int) -> None:
    """Seed all generators that a training step may use."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


def get_rng_state(device: torch.device) -> dict[str, Any]:
    """Return the state of these generators, as plain data and tensors."""
    name, keys, *position = np.random.get_state()
    state = {"python": random.getstate(), "numpy": (name, keys.tolist(), *position)}
    if device.type != "cpu":
        state["device"] = torch.get_device_module(device).get_rng_state()
    return state | {"torch": torch.get_rng_state()}


def set_rng_state(device: torch.device, state: dict[str, Any]) -> None:
    """Restore what `get_rng_state` returned."""
    random.setstate(state["python"])
    np.random.set_state(state["numpy"])
    torch.set_rng_state(state["torch"])
    if device.type != "cpu" and "device" in state:
        torch.get_device_module(device).set_rng_state(state["device"])
