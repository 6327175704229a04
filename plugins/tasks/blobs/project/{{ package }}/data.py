"""Generate points in four clusters, and split them into training and test set."""

import torch
from sklearn.datasets import make_blobs
from sklearn.model_selection import train_test_split
from torch import Tensor
from torch.utils.data import TensorDataset

from .config import Config

INPUTS = {"x1": 0.0, "x2": 5.0}  # what `predict` takes, with example values
CLASSES = ("0", "1", "2", "3")  # the names of the class indices


def make_datasets(config: Config) -> tuple[TensorDataset, TensorDataset]:
    """Return training and test set (80:20): points (2,) with labels 0 to 3."""
    seed = config.data_seed
    ### BEGIN SOLUTION: data
    x, y = make_blobs(
        config.n_samples,
        centers=len(CLASSES),
        cluster_std=config.cluster_std,
        random_state=seed,
    )
    # why: int64 labels, because CrossEntropyLoss uses them as indices of the logits.
    x, y = torch.from_numpy(x).float(), torch.from_numpy(y).long()  # (N, 2), (N,)
    # why: the model never trains on the test set, so its accuracy there shows whether
    # it generalizes, or only memorizes the training set (overfitting).
    split = train_test_split(x, y, test_size=0.2, random_state=seed)
    x_train, x_test, y_train, y_test = split
    return TensorDataset(x_train, y_train), TensorDataset(x_test, y_test)
    ### END SOLUTION


def encode_inputs(rows: list[dict[str, str]]) -> Tensor:
    """Return inputs, given by name, as x: (N, 2) float32."""
    return torch.tensor([[float(row[name]) for name in INPUTS] for row in rows])
