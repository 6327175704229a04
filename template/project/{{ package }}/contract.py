"""What the parts of this project hand to each other: the shapes they agree on."""

from collections.abc import Callable
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


class Data(NamedTuple):
    """All the data of a run, split into parts that never share an example."""

    train: Split
    test: Split
    validation: Split | None
    state: State

    def to(self, device: torch.device) -> "Data":
        validation = self.validation.to(device) if self.validation else None
        parts = (self.train.to(device), self.test.to(device), validation)
        return Data(*parts, self.state)


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
