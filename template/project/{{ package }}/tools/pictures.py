"""The pictures of a run: loss curves for every task, and those of figures.py."""

from pathlib import Path

from torch import Tensor, nn

from ..contract import Data, State
from ..engine import compute_outputs, predict
from .history import read_rows
from .processes import is_first


class Predictor:
    """A trained model that takes encoded rows, and gives decisions or raw outputs."""

    def __init__(self, model: nn.Module, state: State) -> None:
        self.model = model
        self.state = state

    def __call__(self, x: Tensor) -> Tensor:
        return predict(self.model, x, self.state)

    def outputs(self, x: Tensor) -> Tensor:
        return compute_outputs(self.model, x)


def save_pictures(run: Path, model: nn.Module, data: Data) -> list[Path]:
    """Draw the pictures of a trained model into `run`; return their paths."""
    if not is_first():
        return []
    # why: drawing libraries take longer to load than the rest; only this needs them.
    from .. import figures
    from .curves import draw_curves

    pictures = figures.draw(data, Predictor(model, data.state), data.state)
    if rows := read_rows(run / "metrics.csv"):
        pictures["loss"] = draw_curves(rows)
    for name, figure in pictures.items():
        figure.savefig(run / f"{name}.png", dpi=120)
    return [run / f"{name}.png" for name in pictures]
