"""What a run saves: `last.pt` to go on from, and `best.pt` by its validation part."""

from functools import partial
from pathlib import Path

import torch
from torch import nn

from .. import checkpoint
from ..config import Config
from ..contract import Progress, State
from ..errors import check_finite
from .history import History
from .processes import is_first


class Saver:
    """Saves the parts of a run, as they are at the moment, into the folder `run`."""

    def __init__(
        self,
        run: Path,
        history: History,
        config: Config,
        progress: Progress,
        state: State,
        model: nn.Module,
        optimizer: torch.optim.Optimizer,
    ) -> None:
        self.run, self.history = run, history
        self.progress, self.model = progress, model
        parts = {"model": model, "optimizer": optimizer, "progress": progress}
        self.save = partial(checkpoint.save, config=config, state=state, **parts)

    def save_last(self) -> None:
        """Write `last.pt`; what it replaces becomes `previous.pt`.

        Raises ProjectError, and writes nothing, if training has blown up.
        """
        weights = (weight.detach().sum() for weight in self.model.parameters())
        check_finite(self.progress.epoch, self.progress.loss_sum, *weights)
        if is_first():  # the rows that the checkpoint counts on have to be there
            self.history.sync()
        self.save(self.run / "last.pt", previous=self.run / "previous.pt")

    def save_best(self) -> None:
        """Write `best.pt`."""
        self.save(self.run / "best.pt")
