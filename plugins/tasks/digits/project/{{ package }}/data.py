"""The pictures: loaded, split, scaled, and read again for predictions."""

from pathlib import Path

import torch
from torch import Tensor

from .config import Config
from .contract import Data, Split, State
from .errors import ProjectError
from .tools.tables import read_numbers

FULL = 16  # what a pixel full of ink has; an empty one has 0


def load_data(config: Config) -> Data:
    """Return pictures of handwritten digits, four of five of them for training."""
    # Imported here, because predictions need no scikit-learn, and it loads slowly.
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    ### BEGIN SOLUTION: data
    digits = load_digits()
    x = scale(torch.from_numpy(digits.data).float())  # (N, 1, 8, 8)
    # why: whole numbers, int64, because the loss looks up the logit of the true class
    # by its number. A class is a name here: an 8 is not twice a 4.
    y = torch.from_numpy(digits.target).long()  # (N,): 0 to 9

    # why: the test pictures are kept away from training. Stratified, so that both parts
    # hold each digit equally often; chance alone could leave few of one to test.
    split = {"test_size": 0.2, "stratify": y, "random_state": config.data_seed}
    x_train, x_test, y_train, y_test = train_test_split(x, y, **split)
    classes = [str(digit) for digit in digits.target_names]
    inputs = dict(zip(digits.feature_names, digits.data[0].tolist(), strict=True))
    state = {"inputs": inputs, "classes": classes}
    return Data(Split(x_train, y_train), Split(x_test, y_test), None, state)
    ### END SOLUTION


def scale(pixels: Tensor) -> Tensor:
    """Return rows of pixels as pictures, from 0 to 1: (N, 64) -> (N, 1, 8, 8)."""
    # why: (N, 1, 8, 8), because a convolution wants to know the channels of a picture:
    # one here, for shades of grey; a photograph has three, for its colours.
    return (pixels / FULL).reshape(-1, 1, 8, 8)


def read_inputs(source: Path | list[list[str]], state: State) -> Tensor:
    """Return pictures, given pixel by pixel from 0 to 16, as (N, 1, 8, 8) float32."""
    pixels = read_numbers(source, state["inputs"])  # (N, 64)
    strange = pixels[(pixels < 0) | (pixels > FULL)].tolist()
    if strange:
        rule = f"pixels go from 0 (empty) to {FULL} (full); scale them"
        raise ProjectError(f"a pixel has {strange[0]:g}, but {rule}")
    return scale(pixels)
