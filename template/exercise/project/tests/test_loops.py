"""The loops over batches: one step for each, and what an evaluation returns."""

import torch
from torch import nn
from torch.utils.data import TensorDataset

from package import engine

X = torch.arange(5.0).unsqueeze(dim=1)
BATCHES = engine.make_dataloader(TensorDataset(X, X), batch_size=2)


### EXERCISE: step
def test_each_batch_is_one_step_in_training_mode():
    layer, modes = nn.Linear(1, 1), []
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.0)
    optimizer.register_step_post_hook(lambda *_: modes.append(layer.training))
    engine.train_epoch(layer, BATCHES, nn.MSELoss(), optimizer, torch.device("cpu"))
    assert len(modes) == 2, "one step for each batch: train_epoch() has the loop"
    assert all(modes), "the model stays in training mode: eval() is for evaluation"


### EXERCISE: evaluate
def test_evaluation_returns_two_numbers(monkeypatch):
    loss_fn = nn.L1Loss()
    # {% if build_loss_fn %}
    loss_fn.metric = nn.L1Loss()
    # {% else %}
    monkeypatch.setattr(engine, "to_predictions", nn.Identity())
    monkeypatch.setattr(engine, "metric_fn", nn.L1Loss())
    # {% endif %}
    found = engine.evaluate(nn.Linear(1, 1), BATCHES, loss_fn, torch.device("cpu"))
    message = "return two numbers, the loss and then the metric: return loss, metric"
    assert isinstance(found, tuple | list), message
    assert [torch.as_tensor(number).dim() for number in found] == [0, 0], message
