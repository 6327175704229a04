"""Metric and values of this task."""

import torch

from package.loss import metric_fn, to_values


def test_f1_is_the_mean_over_tags():
    y, predictions = torch.tensor([[1.0, 0.0], [1.0, 1.0]]), torch.ones(2, 2)
    assert round(metric_fn(predictions, y), 4) == round((1 + 2 / 3) / 2, 4)


def test_the_values_are_the_names_of_the_tags():
    values = to_values(torch.tensor([[1.0, 1.0], [0.0, 0.0]]))
    assert values == [["upper", "right"], []]
