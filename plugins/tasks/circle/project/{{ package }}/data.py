"""Generate points on two circles, and split them into training and test set."""

import torch
from sklearn.datasets import make_circles
from sklearn.model_selection import train_test_split
from torch import Tensor
from torch.utils.data import TensorDataset

from .config import Config

INPUTS = {"x1": 0.5, "x2": -0.5}  # what `predict` takes, with example values
CLASSES = ("outer", "inner")  # the names of the labels 0 and 1


def make_datasets(config: Config) -> tuple[TensorDataset, TensorDataset]:
    """Return training and test set (80:20): points (2,) with labels 0 or 1."""
    seed = config.data_seed
    ### BEGIN SOLUTION: data
    x, y = make_circles(config.n_samples, noise=config.noise, random_state=seed)
    # why: float labels, because BCEWithLogitsLoss compares them with probabilities.
    x, y = torch.from_numpy(x).float(), torch.from_numpy(y).float()  # (N, 2), (N,)
    # why: the model never trains on the test set, so its accuracy there shows whether
    # it generalizes, or only memorizes the training set (overfitting).
    split = train_test_split(x, y, test_size=0.2, random_state=seed)
    x_train, x_test, y_train, y_test = split
    return TensorDataset(x_train, y_train), TensorDataset(x_test, y_test)
    ### END SOLUTION


def encode_inputs(rows: list[dict[str, str]]) -> Tensor:
    """Return inputs, given by name, as x: (N, 2) float32."""
    return torch.tensor([[float(row[name]) for name in INPUTS] for row in rows])
