"""Gradient clipping: large gradients are scaled down to the norm, others are not."""

import pytest
import torch
from torch import nn

from package.checkpoint import load_run
from package.clip import clip_gradients
from package.train import train


@pytest.mark.parametrize(
    ("gradient", "expected"), [((3.0, 4.0), (0.6, 0.8)), ((0.3, 0.4), (0.3, 0.4))]
)
def test_gradients_above_the_norm_are_scaled_down_to_it(gradient, expected):
    weight, bias = (nn.Parameter(torch.zeros(1)) for _ in range(2))
    optimizer = torch.optim.SGD([weight, bias], lr=1.0)
    clip_gradients(optimizer, max_norm=1.0)
    weight.grad, bias.grad = (torch.tensor([value]) for value in gradient)
    optimizer.step()
    step = [-weight.item(), -bias.item()]
    assert step == pytest.approx(expected, abs=1e-5)


def test_training_clips_the_gradients(config, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    limit = {"max_norm": 1e-30, "optimizer": "sgd"}
    trained = []
    for epochs in (1, 2):
        train(config.model_copy(update={**limit, "epochs": epochs}))
        trained.append(list(load_run()[2].parameters()))
    torch.testing.assert_close(*trained, rtol=0, atol=1e-20)  # tiny steps
