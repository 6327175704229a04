"""What the parts of this project hand to each other: the shapes they agree on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import torch
from torch import Tensor

# What was learned from the training part besides the weights (means, widths, ...), as
# plain data, since the checkpoint stores it. "inputs" has name and example of each
# value that predict takes; "classes", if there, names the classes in their order.
State = dict[str, Tensor | str | float | int | list | dict]


class Split(NamedTuple):
    """Examples and their true answers, row for row."""

    x: Tensor  # (N, ...) what the model sees
    y: Tensor  # regression (N, 1) float32, binary (N,) float32, multiclass (N,) int64

    def to(self, device: torch.device) -> "Split":
        return Split(self.x.to(device), self.y.to(device))


class Mapped(Split):
    """Examples that stay in their file: memory-mapped, and read batch by batch."""

    __slots__ = ()


class Data(NamedTuple):
    """All the data of a run, split into parts that never share an example."""

    train: Split
    test: Split
    validation: Split | None
    state: State

    def to(self, device: torch.device) -> "Data":
        """Move the parts that fit; the others stay, and go there batch by batch."""
        parts = [
            part.to(device) if part and fits(part, device) else part
            for part in (self.train, self.test, self.validation)
        ]
        return Data(*parts, self.state)


def fits(split: Split, device: torch.device) -> bool:
    """Return whether all of a split can live on `device`, with room left for work."""
    if isinstance(split, Mapped):
        return False
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        return split.x.nbytes + split.y.nbytes <= free / 2
    return True


@dataclass
class Progress:
    """How far a run has come: what a checkpoint has to know to go on from there."""

    epoch: int = 0  # so many are done,
    step: int = 0  # so many steps of the next one,
    loss_sum: Tensor | float = 0.0  # and this is the loss of their examples, summed

    def end_epoch(self) -> None:
        self.epoch, self.step, self.loss_sum = self.epoch + 1, 0, 0.0


class Metric(NamedTuple):
    """A figure that people understand, beside the loss that the optimizer follows."""

    name: str
    score: Callable[[Tensor, Tensor], Tensor]  # (decisions (N,), y) -> (N,)
    higher_is_better: bool


class Predict(Protocol):
    """A trained model, as figures get it."""

    def __call__(self, x: Tensor) -> Tensor:
        """Return the decision for each row of `x`: (N,)."""

    def outputs(self, x: Tensor) -> Tensor:
        """Return what the decisions are made from: logits, for example."""
