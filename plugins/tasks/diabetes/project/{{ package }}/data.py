"""The measurements: loaded, split, standardised, and read again for predictions."""

from pathlib import Path

import torch
from torch import Tensor

from .config import Config
from .contract import Data, Split, State
from .tools.tables import read_numbers


def load_data(config: Config) -> Data:
    """Return the people of the study, four of five of them for training."""
    # Imported here, because predictions need no scikit-learn, and it loads slowly.
    from sklearn.datasets import load_diabetes
    from sklearn.model_selection import train_test_split

    ### BEGIN SOLUTION: data
    study = load_diabetes(scaled=False)
    x = torch.from_numpy(study.data).float()  # (N, 10): a column for each measurement
    # why: a column, (N, 1), as the outputs of the model are. Beside a plain row (N,) a
    # subtraction would silently make all N times N differences.
    y = torch.from_numpy(study.target).float().unsqueeze(dim=1)  # (N, 1)

    # why: the test people are kept away from training. They show whether the model has
    # understood the disease, or has only learned its people by heart.
    parts = train_test_split(x, y, test_size=0.2, random_state=config.data_seed)
    x_train, x_test, y_train, y_test = parts

    # why: statistics of the training part only. Those of all people would tell the
    # model something of the test part, which would then look better than it is.
    state = {
        "inputs": dict(zip(study.feature_names, study.data[0].tolist(), strict=True)),
        "mean": x_train.mean(dim=0),  # (10,)
        "std": x_train.std(dim=0),  # (10,)
        "y_mean": y_train.mean().item(),
        "y_std": y_train.std().item(),
    }
    train = Split(standardise(x_train, state), y_train)
    test = Split(standardise(x_test, state), y_test)
    return Data(train, test, validation=None, state=state)
    ### END SOLUTION


def standardise(x: Tensor, state: State) -> Tensor:
    """Return measurements as steps from their mean: (N, 10) -> (N, 10)."""
    # why: a pressure of 100 and a blood value of 4 come on one scale, around 0, so that
    # one learning rate suits the weights of all columns.
    return (x - state["mean"]) / state["std"]


def read_inputs(source: Path | list[list[str]], state: State) -> Tensor:
    """Return measurements in their own units, as people write them: (N, 10)."""
    return standardise(read_numbers(source, state["inputs"]), state)
