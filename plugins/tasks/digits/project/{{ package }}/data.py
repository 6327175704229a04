"""Load the images, split them into three sets, and scale the pixels."""

import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import Tensor
from torch.utils.data import TensorDataset

from .config import Config

MAX_PIXEL = 16
INPUTS = {f"pixel_{row}_{column}": 0.0 for row in range(8) for column in range(8)}
CLASSES = tuple("0123456789")


def make_datasets(config: Config) -> tuple[TensorDataset, TensorDataset, TensorDataset]:
    """Return training, validation and test set (60:20:20) of images with labels."""
    seed = config.data_seed
    ### BEGIN SOLUTION: data
    source = load_digits()
    x = to_images(torch.from_numpy(source.data).float())  # (N, 1, 8, 8)
    # why: int64 labels, because CrossEntropyLoss uses them as indices of the logits.
    y = torch.from_numpy(source.target).long()  # (N,)

    # why: the validation set chooses the best epoch, so that the test set stays unused
    # until the end. Stratified: each set has the same class proportions.
    x_rest, x_test, y_rest, y_test = train_test_split(
        x, y, test_size=0.2, stratify=y, random_state=seed
    )
    x_train, x_val, y_train, y_val = train_test_split(
        x_rest, y_rest, test_size=0.25, stratify=y_rest, random_state=seed
    )
    sets = ((x_train, y_train), (x_val, y_val), (x_test, y_test))
    train_data, validation_data, test_data = (
        TensorDataset(*tensors) for tensors in sets
    )
    return train_data, validation_data, test_data
    ### END SOLUTION


def to_images(pixels: Tensor) -> Tensor:
    """Return rows of pixels as images, scaled to 0..1: (N, 64) -> (N, 1, 8, 8)."""
    # why: convolutions expect (batch, channels, height, width); gray is 1 channel.
    return (pixels / MAX_PIXEL).reshape(-1, 1, 8, 8)


def encode_inputs(rows: list[dict[str, str]]) -> Tensor:
    """Return pixels from 0 to 16, given by name, as x: (N, 1, 8, 8) float32."""
    pixels = torch.tensor([[float(row[name]) for name in INPUTS] for row in rows])
    if pixels.min() < 0 or pixels.max() > MAX_PIXEL:
        raise ValueError(f"pixels must be from 0 (white) to {MAX_PIXEL} (black)")
    return to_images(pixels)
