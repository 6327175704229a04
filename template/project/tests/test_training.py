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


### EXERCISE: step
def test_a_step_moves_the_parameters_against_the_gradient():
    layer = nn.Linear(1, 1, bias=False)
    nn.init.constant_(layer.weight, 1.0)
    dataset = TensorDataset(torch.ones(4, 1), torch.zeros(4, 1))
    dataloader = engine.make_dataloader(dataset)
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)  # the gradient is 2 w
    engine.train_epoch(layer, dataloader, nn.MSELoss(), optimizer, CPU)
    message = "step() needs the gradients of the loss, which backward() computes"
    assert layer.weight.item() == pytest.approx(0.8), message
    engine.train_epoch(layer, dataloader, nn.MSELoss(), optimizer, CPU)
    message = "zero_grad() must reset the gradients, or they add up over the batches"
    assert layer.weight.item() == pytest.approx(0.64), message


### EXERCISE: step
def test_the_training_loss_is_the_mean_over_all_examples():
    layer, x = nn.Linear(1, 1), torch.tensor([[1.0], [2.0], [6.0]])
    dataloader = engine.make_dataloader(TensorDataset(x, torch.zeros(3, 1)), 2)
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.0)
    loss = engine.train_epoch(layer, dataloader, mean_error, optimizer, CPU)
    message = "the loss must be loss_fn(model(x), y), of the outputs as they are"
    assert loss == pytest.approx(layer(x).abs().mean().item()), message


class Moved(torch.Tensor):
    """A tensor that seems to be on another device."""


class Probe(nn.Module):
    def forward(self, x):
        assert not self.training, "call model.eval(): dropout is for training only"
        assert not torch.is_grad_enabled(), "gradients are recorded: inference_mode()"
        assert isinstance(x, Moved), "x must be where the model is: x.to(device)"
        return x


def mean_error(outputs, y):
    assert type(outputs) is type(y), "outputs and y must be on one device"
    return (outputs - 2 * y).abs().mean()  # another value for mean_error(y, outputs)


### EXERCISE: evaluate
def test_evaluation_returns_means_of_loss_and_metric(monkeypatch):
    monkeypatch.setattr(torch.Tensor, "to", lambda x, *_, **__: x.as_subclass(Moved))
    monkeypatch.setattr(torch.Tensor, "cpu", lambda x: x.as_subclass(torch.Tensor))
    # {% if build_loss_fn %}
    mean_error.metric = lambda outputs, y: mean_error(2 * outputs, y)
    # {% else %}
    monkeypatch.setattr(engine, "to_predictions", lambda outputs: 2 * outputs)
    monkeypatch.setattr(engine, "metric_fn", mean_error)
    # {% endif %}
    x = torch.arange(8.0).unsqueeze(dim=1)
    dataloader = engine.make_dataloader(TensorDataset(x, 0 * x), batch_size=4)
    loss, metric = engine.evaluate(Probe(), dataloader, mean_error, CPU)
    assert float(loss) == 3.5, "the loss must be the mean of loss_fn(outputs, y)"
    assert float(metric) == 7, "the metric must be the mean, of to_predictions(outputs)"


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


# {% if validation %}
def test_the_learning_curves_mark_the_best_epoch(tmp_path, monkeypatch):
    figures, save = [], "matplotlib.figure.Figure.savefig"
    monkeypatch.setattr(save, lambda figure, *_, **__: figures.append(figure))
    predictions = f"{train_module.__package__}.plots.plot_predictions"
    monkeypatch.setattr(predictions, lambda *_: {})
    (tmp_path / "metrics.csv").write_text("epoch,validation_loss\n0,2\n1,1\n2,3\n")
    train_module.save_plots(tmp_path, None)
    for axes in figures[0].axes:
        assert axes.lines[-1].get_label() == "best epoch"
        assert list(axes.lines[-1].get_xdata()) == [1, 1]


# {% endif %}
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
