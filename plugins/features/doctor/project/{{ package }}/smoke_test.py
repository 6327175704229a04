"""One training step end to end, with the functions that training uses."""

import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import Dataset, TensorDataset

from . import checkpoint, data, plots, train
from .config import Config
from .device import get_device
from .engine import evaluate, make_dataloader, predict, train_epoch
from .loss import loss_fn, to_predictions
from .model import build_model


def run_checks() -> Iterator[tuple[str, str]]:
    """Yield name and detail of each check that passes; a failed one raises an error."""
    config, device = Config(), get_device()
    yield "device", str(device)
    # {% if data_info %}
    *datasets, data_info = data.make_datasets(config)
    example = data_info["inputs"]
    model = build_model(config, data_info).to(device)
    # {% else %}
    datasets, example = data.make_datasets(config), data.INPUTS
    model = build_model(config).to(device)
    # {% endif %}
    yield "data", f"{len(datasets[0])} training examples"
    batch = TensorDataset(*datasets[0][:256])
    check_loss(model, batch)
    yield "loss", "a mean over the batch, of matching shapes"
    optimizer = train.OPTIMIZERS[config.optimizer](model.parameters(), lr=config.lr)
    loss = train_epoch(model, make_dataloader(batch), loss_fn, optimizer, device)
    yield "training step", f"loss {loss:.4g}"
    check_gradients(model)
    yield "gradients", "reach every parameter"
    loss, metric = evaluate(model, make_dataloader(batch), loss_fn, device)
    yield "evaluation", f"loss {loss:.4g}, metric {metric:.4g}"
    rows = [{name: str(value) for name, value in example.items()}]
    # {% if data_info %}
    check_prediction(model, data.encode_inputs(rows, data_info))
    # {% else %}
    check_prediction(model, data.encode_inputs(rows))
    # {% endif %}
    yield "prediction", "one for a batch of one"
    # {% if data_info %}
    check_reload(model, optimizer, build_model(config, data_info), batch)
    # {% else %}
    check_reload(model, optimizer, build_model(config), batch)
    # {% endif %}
    yield "checkpoint", "the reloaded model gives the same outputs"
    # {% if data_info %}
    yield "plots", ", ".join(plots.plot_predictions(model, *datasets, data_info))
    # {% else %}
    yield "plots", ", ".join(plots.plot_predictions(model, *datasets))
    # {% endif %}


def check_gradients(model: nn.Module) -> None:
    """Raise an error if a parameter has no gradient, or one that is not finite."""
    for name, parameter in model.named_parameters():
        if parameter.requires_grad and parameter.grad is None:
            raise ValueError(f"{name} is not used in forward() of model.py")
        if parameter.grad is not None and not parameter.grad.isfinite().all():
            raise ValueError(f"the gradient of {name} is not finite")


def check_loss(model: nn.Module, batch: Dataset) -> None:
    """Raise an error if the loss is no mean, or broadcasts outputs against labels."""
    x, y = batch[:8]
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # torch warns of losses that broadcast
        outputs = predict(model, x)
        loss = loss_fn(outputs, y)
        twice = loss_fn(torch.cat([outputs, outputs]), torch.cat([y, y]))
    # {% if family in ("regression", "binary") %}
    if outputs.shape != y.shape:
        shapes = f"{tuple(outputs.shape)} and {tuple(y.shape)}"
        raise ValueError(f"outputs and labels have different shapes: {shapes}")
    # {% endif %}
    if loss.dim() > 0:
        raise ValueError(f"loss_fn returns {tuple(loss.shape)}, not a scalar")
    if not torch.isclose(loss, twice, rtol=1e-3):
        raise ValueError("loss_fn must return the mean over the batch, not the sum")


def check_prediction(model: nn.Module, x: torch.Tensor) -> None:
    """Raise an error if a batch of one does not have one prediction."""
    predictions = to_predictions(predict(model, x))
    if predictions.dim() == 0 or len(predictions) != 1:
        shape = tuple(predictions.shape)
        raise ValueError(f"a batch of one has predictions {shape}; squeeze(dim=1)?")


def check_reload(
    model: nn.Module, optimizer: torch.optim.Optimizer, other: nn.Module, batch: Dataset
) -> None:
    """Raise an error if a saved and reloaded model gives other outputs."""
    with tempfile.TemporaryDirectory() as folder:
        checkpoint.save(Path(folder, "last.pt"), 1, model, optimizer)
        checkpoint.load(Path(folder, "last.pt"), other)
    x, _ = batch[:8]
    expected = predict(model, x)
    torch.testing.assert_close(predict(other, x), expected, rtol=1e-3, atol=1e-4)
