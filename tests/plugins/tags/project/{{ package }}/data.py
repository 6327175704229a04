"""Generate articles with tags, and split them into training and test set."""

import torch
from sklearn.datasets import make_multilabel_classification
from sklearn.model_selection import train_test_split
from torch import Tensor
from torch.utils.data import TensorDataset

from .config import Config

TAGS = ("politics", "science", "sports", "travel")


def make_datasets(config: Config) -> tuple[TensorDataset, TensorDataset, dict]:
    """Return training and test set (80:20), and data info.

    An example has the counts of 20 words, and 1 or 0 for each tag, both float32.
    """
    seed = config.data_seed
    x, y = make_multilabel_classification(
        config.n_samples, n_classes=len(TAGS), n_labels=1, random_state=seed
    )
    x, y = torch.from_numpy(x).float(), torch.from_numpy(y).float()  # (N, 20), (N, 4)
    split = train_test_split(x, y, test_size=0.2, random_state=seed)
    x_train, x_test, y_train, y_test = split
    data_info = {
        "inputs": {f"word_{i}": count for i, count in enumerate(x[0].tolist())},
        "mean": x_train.mean(dim=0).tolist(),
        # why: one positive example then counts as much as the negative ones for it.
        "pos_weight": ((1 - y_train).sum(dim=0) / y_train.sum(dim=0).clamp(1)).tolist(),
    }
    train_data = TensorDataset(scale(x_train, data_info), y_train)
    return train_data, TensorDataset(scale(x_test, data_info), y_test), data_info


def scale(x: Tensor, data_info: dict) -> Tensor:
    """Return each count as a multiple of its mean on the training set."""
    return x / torch.tensor(data_info["mean"])


def encode_inputs(rows: list[dict[str, str]], data_info: dict) -> Tensor:
    """Return counts, given by name, as x: (N, 20) float32."""
    names = data_info["inputs"]
    x = torch.tensor([[float(row[name]) for name in names] for row in rows])
    return scale(x, data_info)
