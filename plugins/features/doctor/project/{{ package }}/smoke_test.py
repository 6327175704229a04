"""One training step end to end, with the functions that training uses."""

import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import TensorDataset

from . import checkpoint, data, engine, loss, plots, train
from .config import Config
from .doctor import CheckError
from .model import build_model


class SmokeTest:
    """Each check returns a detail to print, and needs the checks before it."""

    def checks(self) -> Iterator[Callable[[], str]]:
        yield from (self.check_device, self.check_data, self.check_model)
        yield from (self.check_loss, self.check_training, self.check_gradients)
        yield from (self.check_evaluation, self.check_prediction)
        yield from (self.check_checkpoint, self.check_plots)

    def check_device(self) -> str:
        self.config = Config()
        self.device = engine.get_device(self.config.device)
        return str(self.device)

    def check_data(self) -> str:
        # {% if data_info %}
        *self.datasets, self.data_info = data.make_datasets(self.config)
        # {% else %}
        self.datasets = data.make_datasets(self.config)
        # {% endif %}
        self.batch = TensorDataset(*self.datasets[0][:256])
        return f"{len(self.datasets[0])} training examples"

    def build_model(self) -> nn.Module:
        # {% if data_info %}
        return build_model(self.config, self.data_info).to(self.device)
        # {% else %}
        return build_model(self.config).to(self.device)
        # {% endif %}

    def check_model(self) -> str:
        self.model = self.build_model()
        self.x, self.y = self.batch[:8]
        self.outputs = engine.predict(self.model, self.x)
        return f"{tuple(self.x.shape)} -> {tuple(self.outputs.shape)}"

    def check_loss(self) -> str:
        # {% if build_loss_fn and data_info %}
        self.loss_fn = loss.build_loss_fn(self.config, self.data_info)
        # {% elif build_loss_fn %}
        self.loss_fn = loss.build_loss_fn(self.config)
        # {% else %}
        self.loss_fn = loss.loss_fn
        # {% endif %}
        # {% if family in ("regression", "binary") %}
        # why: with (N,) and (N, 1), most losses compare each output with every label.
        check_shape("outputs", self.outputs, self.y.shape)
        # {% endif %}
        with warnings.catch_warnings():
            warnings.filterwarnings("error", "Using a target size")  # it broadcasts
            value = self.loss_fn(self.outputs, self.y)
        if value.dim() > 0:
            raise CheckError(f"shape {tuple(value.shape)}; use reduction='mean'")
        if not value.isfinite():
            raise CheckError("not finite; scale the inputs or labels in data.py")
        outputs, y = torch.cat([self.outputs] * 2), torch.cat([self.y] * 2)
        # why: twice the same examples change a sum, but not a mean.
        if not torch.isclose(self.loss_fn(outputs, y), value, rtol=1e-3):
            raise CheckError("not a mean; loss_fn must average, not sum")
        return "a mean over the batch"

    def check_training(self) -> str:
        # {% if build_loss_fn %}
        self.loss_fn.to(self.device)
        # {% endif %}
        self.optimizer = self.make_optimizer(self.model)
        batches = engine.make_dataloader(self.batch, self.config.batch_size)
        value = engine.train_epoch(
            self.model, batches, self.loss_fn, self.optimizer, self.device
        )
        return f"loss {value:.4g}"

    def make_optimizer(self, model: nn.Module) -> torch.optim.Optimizer:
        optimizer = train.OPTIMIZERS[self.config.optimizer]
        return optimizer(model.parameters(), lr=self.config.lr)

    def check_gradients(self) -> str:
        for name, parameter in self.model.named_parameters():
            if parameter.requires_grad and parameter.grad is None:
                raise CheckError(f"{name} has none; use it in forward() of model.py")
            if parameter.grad is not None and not parameter.grad.isfinite().all():
                raise CheckError(f"{name} is not finite; look for log(0) or 1 / 0")
        return "in every parameter"

    def check_evaluation(self) -> str:
        batches = engine.make_dataloader(self.batch)
        value, metric = engine.evaluate(self.model, batches, self.loss_fn, self.device)
        return f"loss {value:.4g}, {loss.METRIC} {metric:.4g}"

    def check_prediction(self) -> str:
        # {% if family != "custom" %}
        predictions = loss.to_predictions(self.outputs)
        check_shape("the result of to_predictions", predictions, self.y.shape)
        # {% endif %}
        # {% if data_info %}
        example, more = self.data_info["inputs"], [self.data_info]
        # {% else %}
        example, more = data.INPUTS, []
        # {% endif %}
        row = {name: str(value) for name, value in example.items()}
        # why: squeeze() without dim also removes the dimension of a batch of one.
        outputs = engine.predict(self.model, data.encode_inputs([row], *more))
        check_shape("outputs for a batch of one", outputs, (1, *self.outputs.shape[1:]))
        # {% if family in ("binary", "multiclass") %}
        both = loss.to_probabilities(self.outputs).shape
        p = loss.to_probabilities(outputs)
        check_shape("probabilities for a batch of one", p, (1, both[-1]))
        # {% endif %}
        return "one for a batch of one"

    def check_checkpoint(self) -> str:
        other = self.build_model()
        with tempfile.TemporaryDirectory() as folder:
            checkpoint.save(Path(folder, "last.pt"), 1, self.model, self.optimizer)
            checkpoint.load(Path(folder, "last.pt"), other, self.make_optimizer(other))
        outputs = [engine.predict(model, self.x) for model in (self.model, other)]
        if not torch.allclose(*outputs, rtol=1e-4, atol=1e-5):
            raise CheckError("outputs differ after reload; use register_buffer")
        return "the reloaded model gives the same outputs"

    def check_plots(self) -> str:
        # {% if data_info %}
        data_info = [self.data_info]
        # {% else %}
        data_info = []
        # {% endif %}
        return ", ".join(plots.plot_predictions(self.model, *self.datasets, *data_info))


def check_shape(name: str, tensor: torch.Tensor, expected: tuple[int, ...]) -> None:
    """Raise CheckError if a tensor has another shape."""
    if tensor.shape != expected:
        shapes = f"{tuple(tensor.shape)}, not {tuple(expected)}"
        raise CheckError(f"{name}: shape {shapes}; is squeeze(dim=1) needed?")
