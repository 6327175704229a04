"""Split rows into training, validation and test set."""

import torch
from torch import Tensor

# 60:20:20 within each class: 0 training, 1 validation, 2 test. The first example of a
# class is in the training set, so that no class is unknown to the model.
SPLIT_PATTERN = torch.tensor([0, 2, 1, 0, 0])


def split_rows(y: Tensor, seed: int) -> list[list[int]]:
    """Return the row indices of training, validation and test set.

    Rows with a missing target are in none of them.
    """
    # {% if family == "regression" %}
    groups = y.squeeze(dim=1).isfinite().long() - 1  # 0, or -1 where missing
    # {% else %}
    groups = y.long()  # stratified: the same class proportions in each set
    # {% endif %}
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(groups), generator=generator)
    order = order[groups[order] >= 0]
    order = order[groups[order].argsort(stable=True)]  # shuffled, group by group
    counts = groups[order].bincount()
    first = (counts.cumsum(dim=0) - counts)[groups[order]]  # where the group begins
    positions = (torch.arange(len(order)) - first) % len(SPLIT_PATTERN)
    splits = [
        order[SPLIT_PATTERN[positions] == number].sort().values.tolist()
        for number in range(3)
    ]
    if not all(splits):
        raise ValueError("too few rows of each class for a validation and a test set")
    return splits
