"""Which rows train, which validate and which test."""

import torch
from torch import Tensor

from .errors import ProjectError

# Of each five rows of a group three train, one validates, one tests; the first trains,
# so that no class is unknown to the model.
DEAL = torch.tensor([0, 2, 1, 0, 0])


def split_rows(y: Tensor, seed: int) -> list[list[int]]:
    """Deal the rows out to three parts: training, validation, test.

    Rows whose target is missing get into none.
    """
    # {% if family == "regression" %}
    groups = y.squeeze(dim=1).isfinite().long() - 1  # one group, 0; -1 where missing
    # {% else %}
    groups = y.long()  # a group for each class, so that each part has its share of all
    # {% endif %}
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(groups), generator=generator)
    order = order[groups[order] >= 0]
    order = order[groups[order].argsort(stable=True)]  # shuffled, group by group
    counts = groups[order].bincount()
    first = (counts.cumsum(dim=0) - counts)[groups[order]]  # where the group begins
    turns = (torch.arange(len(order)) - first) % len(DEAL)
    parts = [order[DEAL[turns] == number].sort().values.tolist() for number in range(3)]
    if not all(parts):
        raise ProjectError("each class has too few rows to validate and to test")
    return parts
