"""Physics, loss and metric of this task."""

import pytest
import torch

from package import data, loss
from package.config import Config


def test_air_drag_shortens_the_throw():
    distance, time = data.simulate(torch.tensor([[20.0, 45.0]]))[0]
    assert 30 < distance < 20**2 / 9.81
    assert 2 < time < 2 * 20 / 9.81


def test_both_outputs_count_alike_in_the_loss():
    loss_fn = loss.build_loss_fn(Config(), {"y_std": [10.0, 0.5]})
    y = torch.tensor([[30.0, 2.0]])
    distance_off = loss_fn(y + torch.tensor([10.0, 0.0]), y)
    time_off = loss_fn(y + torch.tensor([0.0, 0.5]), y)
    torch.testing.assert_close(distance_off, time_off)


def test_r2_of_the_mean_is_0():
    loss_fn = loss.build_loss_fn(Config(), {"y_std": [1.0, 1.0]})
    y = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    assert loss_fn.metric(y, y) == 1
    assert loss_fn.metric(y.mean(dim=0).expand(2, 2), y) == pytest.approx(0)


def test_values_have_names_and_four_digits():
    values = loss.to_values(torch.tensor([[12.34567, 1.0]]), {})
    assert values == [{"distance": 12.35, "time": 1.0}]
