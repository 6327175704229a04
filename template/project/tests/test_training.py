"""Training: it learns, is reproducible, resumes exactly, and stops when it diverges."""

import shutil

import pytest
import torch
from torch import nn
from torch.utils.data import TensorDataset

from package import engine
from package import train as train_module
from package.checkpoint import prepare_run
from package.train import train

CPU = torch.device("cpu")


def test_every_epoch_has_each_example_once_in_a_new_order():
    dataset = TensorDataset(torch.arange(10), torch.arange(10))
    dataloader = engine.make_dataloader(dataset, batch_size=4)
    first, second = (torch.cat([x for x, _ in dataloader]).tolist() for _ in range(2))
    assert len(dataloader) == 3
    assert sorted(first) == sorted(second) == list(range(10))
    assert first != second


### EXERCISE: step
def test_a_step_moves_the_parameters_against_the_gradient():
    layer = nn.Linear(1, 1, bias=False)
    nn.init.constant_(layer.weight, 1.0)
    dataloader = engine.make_dataloader(
        TensorDataset(torch.ones(4, 1), torch.zeros(4, 1))
    )
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
    for _ in range(2):  # w = 1, gradient 2 w: 0.8, then 0.64
        engine.train_epoch(layer, dataloader, nn.MSELoss(), optimizer, CPU)
    assert layer.weight.item() == pytest.approx(0.64)


### EXERCISE: step
def test_the_training_loss_is_the_mean_over_all_examples():
    layer, x = nn.Linear(1, 1), torch.tensor([[1.0], [2.0], [6.0]])
    dataset = TensorDataset(x, torch.zeros(3, 1))
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.0)
    loss = engine.train_epoch(
        layer, engine.make_dataloader(dataset, 2), nn.MSELoss(), optimizer, CPU
    )
    assert loss == pytest.approx(layer(x).square().mean().item())


### EXERCISE: evaluate
def test_evaluation_returns_means_and_switches_dropout_off(monkeypatch):
    loss_fn = nn.MSELoss()
    # {% if build_loss_fn %}
    loss_fn.metric = lambda outputs, y: (2 * outputs - y).abs().mean()
    # {% else %}
    monkeypatch.setattr(engine, "to_predictions", lambda outputs: 2 * outputs)
    monkeypatch.setattr(engine, "metric_fn", nn.L1Loss())
    # {% endif %}
    layers = nn.Sequential(nn.Linear(1, 1), nn.Dropout(0.5))
    x, y = torch.arange(8.0).unsqueeze(dim=1), torch.zeros(8, 1)
    dataloader = engine.make_dataloader(TensorDataset(x, y), batch_size=4)
    result = engine.evaluate(layers, dataloader, loss_fn, CPU)
    assert not layers.training
    outputs = layers(x)
    expected = outputs.square().mean().item(), (2 * outputs).abs().mean().item()
    assert [float(value) for value in result] == pytest.approx(expected)


def test_training_lowers_the_loss(config, datasets, model, loss_fn):
    dataloader = engine.make_dataloader(datasets[0], config.batch_size)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
    losses = [engine.evaluate(model, dataloader, loss_fn, CPU)[0]]
    for _ in range(5):
        engine.train_epoch(model, dataloader, loss_fn, optimizer, CPU)
        losses.append(engine.evaluate(model, dataloader, loss_fn, CPU)[0])
    assert min(losses) < losses[0]


def test_a_resumed_run_has_the_numbers_of_an_uninterrupted_one(
    config, trained_folder, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    run = prepare_run(config)
    train(config.model_copy(update={"epochs": 1}), run)
    train(config, run)
    whole = trained_folder / "runs" / "001" / "metrics.csv"
    assert (run / "metrics.csv").read_text() == whole.read_text()


def test_training_stops_when_the_loss_is_not_finite(
    config, trained_folder, tmp_path, monkeypatch
):
    monkeypatch.chdir(shutil.copytree(trained_folder, tmp_path / "copy"))
    run = tmp_path / "copy" / "runs" / "001"
    before = (run / "last.pt").read_bytes()
    monkeypatch.setattr(train_module, "train_epoch", lambda *_: float("nan"))
    with pytest.raises(SystemExit, match="epoch 3"):
        train(config.model_copy(update={"epochs": 4}), run)
    assert (run / "last.pt").read_bytes() == before
