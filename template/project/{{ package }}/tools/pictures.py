"""The pictures of a run: loss curves for every task, and those of figures.py."""

from pathlib import Path

from torch import Tensor, nn

from ..contract import Data
from ..engine import predict
from .history import read_rows


def save_pictures(run: Path, model: nn.Module, data: Data) -> list[Path]:
    """Draw the pictures of a trained model into `run`; return their paths."""
    # why: drawing libraries take longer to load than the rest; only this needs them.
    from .. import figures
    from .curves import draw_curves

    def decisions(x: Tensor) -> Tensor:
        return predict(model, x, data.state)

    pictures = figures.draw(data, decisions, data.state)
    if rows := read_rows(run / "metrics.csv"):
        pictures["loss"] = draw_curves(rows)
    for name, figure in pictures.items():
        figure.savefig(run / f"{name}.png", dpi=120)
    return [run / f"{name}.png" for name in pictures]
