"""The points: made from the true line, split, and read again for predictions."""

from pathlib import Path

import torch
from torch import Tensor

from .config import Config
from .contract import Data, Split, State
from .errors import SettingError
from .tools.tables import read_numbers


def load_data(config: Config) -> Data:
    """Return points on the true line: the first 80 % for training, the rest to test."""
    if not 5 <= (config.end - config.start) / config.step <= 1_000_000:
        raise SettingError("--start to --end must be 5 to 1000000 times --step")
    ### BEGIN SOLUTION: data
    x = torch.arange(config.start, config.end, config.step)  # (N,)
    x = x.unsqueeze(dim=1)  # (N, 1): a row for each point, a column for each input
    y = config.weight * x + config.bias  # (N, 1)

    # why: the test points are kept away from training. They show whether the model has
    # found the line, or has only learned its points by heart.
    training = int(0.8 * len(x))
    train = Split(x[:training], y[:training])
    test = Split(x[training:], y[training:])
    return Data(train, test, None, state={"inputs": {"x": 0.5}})
    ### END SOLUTION


def read_inputs(source: Path | list[list[str]], state: State) -> Tensor:
    """Return each row of a CSV file, or of the command line, as (N, 1) float32."""
    return read_numbers(source, state["inputs"])
