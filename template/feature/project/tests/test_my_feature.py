"""The range test, and which learning rate it chooses."""

import pytest

from package import my_feature as finder


def test_the_learning_rate_with_the_largest_fall_is_chosen():
    assert finder.steepest([(0.1, 5.0), (0.2, 4.5), (0.4, 2.0), (0.8, 3.0)]) == 0.2


def test_learning_rates_grow_until_the_loss_does(config):
    rates, losses = zip(*finder.range_test(config), strict=True)
    assert rates == tuple(sorted(rates))
    assert min(losses) < losses[0]


def test_the_command_prints_each_learning_rate(config, capsys):
    finder.find_lr(config)
    *rows, last = capsys.readouterr().out.splitlines()
    assert len(rows) > 2
    assert last.startswith("the loss falls most with train --lr ")
    found = finder.steepest([*finder.range_test(config)])
    assert float(last.split()[-1]) == pytest.approx(found, rel=0.1)
