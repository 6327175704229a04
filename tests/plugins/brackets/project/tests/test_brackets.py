"""Texts, loss and metric of this task."""

import pytest
import torch

from package import data, loss
from package.config import Config


@pytest.mark.parametrize(
    ("text", "expected"),
    [("[()]", True), ("([)]", False), ("(", False), ("()[]", True)],
)
def test_every_bracket_must_be_closed_in_order(text, expected):
    assert data.is_balanced(text) == expected


def test_both_labels_occur_often():
    train_data, _ = data.make_datasets(Config())
    assert 0.4 < train_data.tensors[1].mean() < 0.65


def test_tokens_are_padded_at_the_end():
    assert data.encode("[()]") == [3, 1, 2, 4, 0, 0, 0, 0, 0, 0]


def test_other_characters_are_refused():
    with pytest.raises(ValueError, match="1 to 10 characters"):
        data.encode("(x)")


def test_balanced_texts_can_weigh_more_in_the_loss():
    logits, y = torch.zeros(2), torch.tensor([1.0, 0.0])
    once, thrice = (loss.build_loss_fn(Config(pos_weight=w)) for w in (1.0, 3.0))
    assert thrice(logits, y) == 2 * once(logits, y)


def test_auc_is_1_if_every_balanced_text_has_a_larger_logit():
    loss_fn = loss.build_loss_fn(Config())
    y = torch.tensor([0.0, 1.0, 0.0, 1.0])
    assert loss_fn.metric(torch.tensor([-3.0, 0.5, 0.1, 2.0]), y) == 1
    assert loss_fn.metric(torch.tensor([-3.0, 0.5, 1.0, 2.0]), y) == 0.75
