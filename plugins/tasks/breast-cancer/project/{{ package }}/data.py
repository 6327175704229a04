"""Load the measurements, split them into three sets, and standardize them."""

import torch
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from torch import Tensor
from torch.utils.data import TensorDataset

from .config import Config


def make_datasets(
    config: Config,
) -> tuple[TensorDataset, TensorDataset, TensorDataset, dict]:
    """Return training, validation and test set (60:20:20), and data info.

    An example has 30 measurements, and the label 0 (malignant) or 1 (benign).
    """
    seed = config.data_seed
    ### BEGIN SOLUTION: data
    source = load_breast_cancer()
    x = torch.from_numpy(source.data).float()  # (N, 30)
    # why: float labels, because BCEWithLogitsLoss compares them with probabilities.
    y = torch.from_numpy(source.target).float()  # (N,)
    # why: the validation set chooses the best epoch, so that the test set stays unused
    # until the end. Stratified: each set has the same class proportions.
    split = train_test_split(x, y, test_size=0.2, stratify=y, random_state=seed)
    x_rest, x_test, y_rest, y_test = split
    x_train, x_val, y_train, y_val = train_test_split(
        x_rest, y_rest, test_size=0.25, stratify=y_rest, random_state=seed
    )
    # why: fitted on the training set only, so that no information leaks into it.
    data_info = {
        "inputs": dict(zip(source.feature_names, source.data[0].tolist(), strict=True)),
        "classes": source.target_names.tolist(),
        "mean": x_train.mean(dim=0).tolist(),
        "std": x_train.std(dim=0).tolist(),
    }
    train_data = TensorDataset(standardize(x_train, data_info), y_train)
    validation_data = TensorDataset(standardize(x_val, data_info), y_val)
    test_data = TensorDataset(standardize(x_test, data_info), y_test)
    return train_data, validation_data, test_data, data_info
    ### END SOLUTION


def standardize(x: Tensor, data_info: dict) -> Tensor:
    """Return z-scores: mean 0 and standard deviation 1 on the training set."""
    return (x - torch.tensor(data_info["mean"])) / torch.tensor(data_info["std"])


def encode_inputs(rows: list[dict[str, str]], data_info: dict) -> Tensor:
    """Return measurements, given by name, as x: (N, 30) float32."""
    names = data_info["inputs"]
    x = torch.tensor([[float(row[name]) for name in names] for row in rows])
    return standardize(x, data_info)
