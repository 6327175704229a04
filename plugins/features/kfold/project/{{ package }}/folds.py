"""Split the data for k-fold cross-validation."""

import torch
from sklearn import model_selection
from torch.utils.data import Dataset, TensorDataset

from .config import Config


def split_fold(
    config: Config, *datasets: Dataset
) -> tuple[TensorDataset, TensorDataset]:
    """Join data sets; return what to train on, and the fold that is held out."""
    if config.fold > config.folds:
        raise SystemExit(f"error: there is no fold {config.fold} of {config.folds}")
    parts = zip(*(dataset[:] for dataset in datasets), strict=True)
    x, y = (torch.cat(tensors) for tensors in parts)
    # {% if family in ("binary", "multiclass") %}
    # why: stratified, so that each fold has the same class proportions.
    kind = model_selection.StratifiedKFold
    # {% else %}
    kind = model_selection.KFold
    # {% endif %}
    try:
        folds = list(
            kind(config.folds, shuffle=True, random_state=config.seed).split(x, y)
        )
    except ValueError as error:  # more folds than examples
        raise SystemExit(f"error: {error}") from error
    train, held_out = map(torch.from_numpy, folds[config.fold - 1])
    return TensorDataset(x[train], y[train]), TensorDataset(x[held_out], y[held_out])
