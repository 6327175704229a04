"""Split the data for k-fold cross-validation."""

# {% if family in ("binary", "multiclass") %}
import sys
import warnings
from functools import cache

# {% endif %}
import torch
from sklearn import model_selection
from torch.utils.data import Dataset, TensorDataset

from .config import Config


# {% if family in ("binary", "multiclass") %}
@cache  # once for all folds
def warn_of_rare_class(n_examples: int, folds: int) -> None:
    """Warn if a class has too few examples for each fold to hold one out."""
    if n_examples < folds:
        what = f"a class has only {n_examples} examples: not in each of {folds} folds"
        print(f"warning: {what}", file=sys.stderr)


# {% endif %}
def split_fold(
    config: Config, *datasets: Dataset
) -> tuple[TensorDataset, TensorDataset]:
    """Join data sets; return what to train on, and the fold that is held out."""
    if config.fold > config.folds:
        raise SystemExit(f"error: there is no fold {config.fold} of {config.folds}")
    parts = zip(*(dataset[:] for dataset in datasets), strict=True)
    x, y = (torch.cat(tensors) for tensors in parts)
    # {% if family in ("binary", "multiclass") %}
    warn_of_rare_class(int(y.unique(return_counts=True)[1].min()), config.folds)
    # why: stratified, so that each fold has the same class proportions.
    kind = model_selection.StratifiedKFold
    # {% else %}
    kind = model_selection.KFold
    # {% endif %}
    splitter = kind(config.folds, shuffle=True, random_state=config.seed)
    try:
        # {% if family in ("binary", "multiclass") %}
        with warnings.catch_warnings(action="ignore"):  # its text for a rare class
            folds = list(splitter.split(x, y))
        # {% else %}
        folds = list(splitter.split(x, y))
        # {% endif %}
    except ValueError as error:  # more folds than examples
        raise SystemExit(f"error: {error}") from error
    train, held_out = map(torch.from_numpy, folds[config.fold - 1])
    return TensorDataset(x[train], y[train]), TensorDataset(x[held_out], y[held_out])
