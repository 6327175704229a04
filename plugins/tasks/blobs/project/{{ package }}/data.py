"""The points: made in four blobs, split, and read again for predictions."""

from pathlib import Path

import torch
from torch import Tensor

from .config import Config
from .contract import Data, Split, State
from .tools.tables import read_numbers

BLOBS = 4


def load_data(config: Config) -> Data:
    """Return points in four blobs, four of five of them for training."""
    # Imported here, because predictions need no scikit-learn, and it loads slowly.
    from sklearn.datasets import make_blobs
    from sklearn.model_selection import train_test_split

    ### BEGIN SOLUTION: data
    seed, spread = config.data_seed, config.spread
    points, labels = make_blobs(
        config.points, centers=BLOBS, cluster_std=spread, random_state=seed
    )
    x = torch.from_numpy(points).float()  # (N, 2): the coordinates of each point
    # why: whole numbers, int64, because the loss looks up the logit of the true class
    # by its number. A class is a name here: blob 3 is not more than blob 1.
    y = torch.from_numpy(labels).long()  # (N,): 0, 1, 2 or 3

    # why: the test points are kept away from training. They show whether the model has
    # understood the blobs, or has only learned its points by heart.
    parts = train_test_split(x, y, test_size=0.2, random_state=seed)
    x_train, x_test, y_train, y_test = parts
    state = {"inputs": {"x1": 0.0, "x2": 5.0}, "blobs": BLOBS}
    return Data(Split(x_train, y_train), Split(x_test, y_test), None, state)
    ### END SOLUTION


def read_inputs(source: Path | list[list[str]], state: State) -> Tensor:
    """Return the points of a CSV file, or of the command line: (N, 2) float32."""
    return read_numbers(source, state["inputs"])
