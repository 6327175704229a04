"""The measurements: loaded, split, standardised, and read again for predictions."""

from pathlib import Path

import torch
from torch import Tensor

from .config import Config
from .contract import Data, Split, State
from .tools.tables import read_numbers


def load_data(config: Config) -> Data:
    """Return the tumours of the study, four of five of them for training."""
    # Imported here, because predictions need no scikit-learn, and it loads slowly.
    from sklearn.datasets import load_breast_cancer
    from sklearn.model_selection import train_test_split

    ### BEGIN SOLUTION: data
    study = load_breast_cancer()
    x = torch.from_numpy(study.data).float()  # (N, 30): a column for each measurement
    # why: float labels, because the loss compares them with numbers from 0 to 1.
    y = torch.from_numpy(study.target).float()  # (N,): 0 malignant, 1 benign

    # why: stratified, so that both parts hold as many malignant tumours in a hundred.
    # Chance alone could leave few of them to test.
    split = {"test_size": 0.2, "stratify": y, "random_state": config.data_seed}
    x_train, x_test, y_train, y_test = train_test_split(x, y, **split)

    # why: statistics of the training part only. Those of all tumours would tell the
    # model something of the test part, which would then look better than it is.
    names = study.feature_names.tolist()
    state = {
        "inputs": dict(zip(names, study.data[0].tolist(), strict=True)),
        "classes": study.target_names.tolist(),
        "mean": x_train.mean(dim=0),  # (30,)
        "std": x_train.std(dim=0),  # (30,)
    }
    train = Split(standardise(x_train, state), y_train)
    test = Split(standardise(x_test, state), y_test)
    return Data(train, test, validation=None, state=state)
    ### END SOLUTION


def standardise(x: Tensor, state: State) -> Tensor:
    """Return measurements as steps from their mean: (N, 30) -> (N, 30)."""
    # why: an area of 1000 and a smoothness of 0.1 come on one scale, around 0. Without
    # that the model would see little but the areas.
    return (x - state["mean"]) / state["std"]


def read_inputs(source: Path | list[list[str]], state: State) -> Tensor:
    """Return measurements in their own units, as the study wrote them: (N, 30)."""
    return standardise(read_numbers(source, state["inputs"]), state)
