"""Learning-rate schedules: their values, and that a resumed run has the same ones."""

import pytest
import torch
from torch import nn
from torch.optim import lr_scheduler

from package import train as train_module
from package.checkpoint import prepare_run
from package.schedule import FACTORS, make_scheduler
from package.train import train

TORCH = {
    "cosine": lambda sgd: lr_scheduler.CosineAnnealingLR(sgd, T_max=30),
    "step": lambda sgd: lr_scheduler.StepLR(sgd, step_size=10),
}


def make_optimizer():
    return torch.optim.SGD(nn.Linear(1, 1).parameters(), lr=0.5)


def learning_rates(scheduler, epochs):
    """Return the learning rate of each epoch."""
    found = []
    for _ in range(epochs):
        found.append(scheduler.get_last_lr()[0])
        scheduler.optimizer.step()
        scheduler.step()
    return found


def make(config, name, start=0):
    config = config.model_copy(update={"schedule": name, "epochs": 30})
    return make_scheduler(make_optimizer(), config, start)


@pytest.mark.parametrize("name", TORCH)
def test_learning_rates_are_those_of_the_scheduler_in_torch(config, name):
    expected = learning_rates(TORCH[name](make_optimizer()), 30)
    assert learning_rates(make(config, name), 30) == pytest.approx(expected)


def test_one_cycle_rises_to_lr_and_falls_to_zero(config):
    rates = learning_rates(make(config, "one-cycle"), 31)
    assert rates[0] == pytest.approx(0.5 / 25)
    assert rates[:10] == sorted(rates[:10])
    assert rates[9] == pytest.approx(0.5)
    assert rates[9:] == sorted(rates[9:], reverse=True)
    assert rates[30] == pytest.approx(0)


@pytest.mark.parametrize("name", FACTORS)
def test_a_resumed_scheduler_has_the_learning_rates_of_a_whole_one(config, name):
    whole = learning_rates(make(config, name), 30)
    assert learning_rates(make(config, name, start=11), 19) == whole[11:]


@pytest.mark.parametrize("name", FACTORS)
def test_an_interrupted_run_resumes_exactly(config, name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(train_module, "SAVE_INTERVAL_S", 0, raising=False)
    config = config.model_copy(update={"schedule": name, "epochs": 4})
    whole, resumed = prepare_run(config), prepare_run(config)
    train(config, whole)
    train_epoch, epochs = train_module.train_epoch, iter(range(4))

    def stop_in_epoch_2(*arguments):
        if next(epochs) == 2:
            raise KeyboardInterrupt
        return train_epoch(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(train_module, "train_epoch", stop_in_epoch_2)
        with pytest.raises(KeyboardInterrupt):
            train(config, resumed)
    train(config, resumed)
    assert (resumed / "metrics.csv").read_text() == (whole / "metrics.csv").read_text()
    one, other = (
        torch.load(run / "last.pt", weights_only=True) for run in (whole, resumed)
    )
    for key in ("model", "optimizer"):
        torch.testing.assert_close(one[key], other[key], rtol=0, atol=0)
