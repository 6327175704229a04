"""The points: made on two circles, split, and read again for predictions."""

from pathlib import Path

import torch
from torch import Tensor

from .config import Config
from .contract import Data, Split, State
from .tools.tables import read_numbers


def load_data(config: Config) -> Data:
    """Return noisy points on two circles, four of five of them for training."""
    # Imported here, because predictions need no scikit-learn, and it loads slowly.
    from sklearn.datasets import make_circles
    from sklearn.model_selection import train_test_split

    ### BEGIN SOLUTION: data
    seed = config.data_seed
    points, labels = make_circles(config.points, noise=config.noise, random_state=seed)
    x = torch.from_numpy(points).float()  # (N, 2): the coordinates of each point
    # why: float labels, because the loss compares them with numbers from 0 to 1.
    y = torch.from_numpy(labels).float()  # (N,): 0 outer circle, 1 inner

    # why: the test points are kept away from training. They show whether the model has
    # understood the circles, or has only learned its points by heart.
    parts = train_test_split(x, y, test_size=0.2, random_state=seed)
    x_train, x_test, y_train, y_test = parts
    state: State = {"inputs": {"x1": 0.5, "x2": -0.5}, "classes": ["outer", "inner"]}
    return Data(Split(x_train, y_train), Split(x_test, y_test), None, state)
    ### END SOLUTION


def read_inputs(source: Path | list[list[str]], state: State) -> Tensor:
    """Return the points of a CSV file, or of the command line: (N, 2) float32."""
    return read_numbers(source, state["inputs"])
