"""Labels, weights and metric of this task."""

import pytest
import torch

from package.config import Config
from package.data import make_datasets
from package.loss import (
    build_loss_fn,
    to_values,
)


def test_an_example_can_have_no_tag_or_several():
    train_data, _, _ = make_datasets(Config())
    n_tags = train_data.tensors[1].sum(dim=1)
    assert n_tags.min() == 0
    assert n_tags.max() > 1


def test_the_loss_weights_a_rare_tag_more():
    data_info = {"pos_weight": [1.0, 9.0, 1.0, 1.0]}
    common, rare = torch.eye(4)[:1], torch.eye(4)[1:2]
    loss_fn = build_loss_fn(Config(), data_info)
    assert loss_fn(torch.zeros(1, 4), rare) == 3 * loss_fn(torch.zeros(1, 4), common)
    loss_fn = build_loss_fn(Config(weighting=0.0), data_info)
    assert loss_fn(torch.zeros(1, 4), rare) == loss_fn(torch.zeros(1, 4), common)


def test_f1_is_computed_over_all_examples_of_a_tag():
    loss_fn = build_loss_fn(Config(), {"pos_weight": [1.0] * 4})
    logits, y = torch.tensor([[1.0] * 4, [1.0] * 4, [-1.0] * 4]), torch.ones(3, 4)
    assert loss_fn.metric(logits, y) == pytest.approx(0.8)


def test_the_values_are_the_names_of_the_tags():
    predictions = torch.tensor([[0.0, 1.0, 0.0, 1.0], [0.0] * 4])
    assert to_values(predictions, {}) == [["science", "travel"], []]
