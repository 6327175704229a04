"""Train a model: one run from start to end."""

import csv
import os
from contextlib import ExitStack
from math import isfinite
from pathlib import Path

import torch
from pydantic import TypeAdapter
from tqdm import tqdm

from . import checkpoint, loss
from .config import Config
from .data import make_datasets
from .distributed import elastic
from .distributed.collectives import is_main_process, run_on_rank_zero
from .distributed.files import atomic_write, lock_run
from .distributed.memmap import MemmapDataset
from .distributed.model_setup import (
    check_batch_norm,
    local_device,
    set_precision,
    wrap_model,
)
from .distributed.saving import PeriodicSaver
from .distributed.train_state import TrainState, set_seed
from .engine import evaluate, get_device, make_dataloader, predict, train_epoch
from .model import build_model

# {% if validation %}
COLUMNS = ("epoch", "train_loss", "validation_loss", f"validation_{loss.METRIC}")
# {% else %}
COLUMNS = ("epoch", "train_loss", "test_loss", f"test_{loss.METRIC}")
# {% endif %}
OPTIMIZERS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}


def train(config: Config, run: Path | None = None) -> None:
    """Train a model in a new folder of runs/, or resume the run in the folder `run`.

    After a restart by torchrun, the run is resumed.
    """
    with elastic.distributed_context(), ExitStack() as stack:
        run = checkpoint.prepare_run(config, run)
        run_on_rank_zero(lambda: stack.enter_context(lock_run(run)) and None)
        run_on_rank_zero(lambda: elastic.write_launch_marker(run))
        train_run(config, run)
        run_on_rank_zero(lambda: elastic.clear_launch_marker(run))


def train_run(config: Config, run: Path) -> None:
    """Train from the start, or from the last checkpoint, to the last epoch."""
    device = local_device(get_device(config.device))
    # {% if validation and data_info %}
    train_data, validation_data, test_data, data_info = make_datasets(config)
    # {% elif validation %}
    train_data, validation_data, test_data = make_datasets(config)
    # {% elif data_info %}
    train_data, test_data, data_info = make_datasets(config)
    # {% else %}
    train_data, test_data = make_datasets(config)
    # {% endif %}
    # slot: data
    if isinstance(train_data, MemmapDataset) and not config.batch_size:
        raise SystemExit("error: memory-mapped data need a --batch-size")
    train_dataloader = make_dataloader(train_data, config.batch_size)
    # {% if validation %}
    validation_dataloader = make_dataloader(validation_data)
    # {% else %}
    test_dataloader = make_dataloader(test_data)
    # {% endif %}
    # why: set the seed right before the model is built: its initial weights are random.
    set_seed(config.seed)
    # {% if data_info %}
    model = set_precision(build_model(config, data_info), device, config)
    # {% else %}
    model = set_precision(build_model(config), device, config)
    # {% endif %}
    predict(model, train_data[:1][0])  # gives lazy layers their sizes
    # {% if build_loss_fn and data_info %}
    loss_fn = loss.build_loss_fn(config, data_info).to(device)
    # {% elif build_loss_fn %}
    loss_fn = loss.build_loss_fn(config).to(device)
    # {% else %}
    loss_fn = loss.loss_fn
    # {% endif %}
    optimizer = OPTIMIZERS[config.optimizer](model.parameters(), lr=config.lr)
    state = TrainState()
    if not run_on_rank_zero(lambda: checkpoint.has_checkpoint(run)):
        # {% if data_info %}
        checkpoint.save_data_info(run, data_info)
        # {% endif %}
        checkpoint.save(run / "last.pt", 0, model, optimizer, state)
    # why: loaded in any case: what cannot be loaded has to fail before the first epoch.
    start = checkpoint.load(run / "last.pt", model, optimizer, state)
    # slot: setup

    sampler = train_dataloader.sampler
    smallest = sampler.global_batch_size(len(sampler) - 1)
    run_on_rank_zero(lambda: check_batch_norm(model, smallest))
    learner = wrap_model(model, config)
    log = MetricsLog(run / "metrics.csv", start, config.epochs)

    def save() -> None:
        # why: parameters that are not finite would replace those to resume from.
        check_finite(log.epoch, *(float(p.detach().sum()) for p in model.parameters()))
        run_on_rank_zero(log.fsync)
        checkpoint.save(run / "last.pt", log.epoch, model, optimizer, state)

    with PeriodicSaver(save) as saver:
        state.on_step_end = saver.on_step_end
        for epoch in log.epochs:
            # why: a seed for each epoch, so that a resumed run shuffles the examples,
            # and drops units, exactly as an uninterrupted one.
            set_seed(config.seed + epoch)
            train_loss = train_epoch(
                learner, train_dataloader, loss_fn, optimizer, device, state
            )
            # {% if validation %}
            metrics = evaluate(model, validation_dataloader, loss_fn, device)
            # {% else %}
            metrics = evaluate(model, test_dataloader, loss_fn, device)
            # {% endif %}
            # slot: after_evaluate

            log.write(epoch, train_loss, *metrics)
            # {% if validation %}
            if log.improved:
                checkpoint.save(run / "best.pt", epoch + 1, model, optimizer)
            # {% endif %}
            saver.on_step_end()
            # slot: epoch_end
        else:
            saver.save_now()
    # {% if validation %}
    evaluate_best(run, model, test_data, loss_fn, device)
    # {% endif %}
    print(model)
    # {% if validation and data_info %}
    save_plots(run, model, train_data, validation_data, test_data, data_info)
    # {% elif validation %}
    save_plots(run, model, train_data, validation_data, test_data)
    # {% elif data_info %}
    save_plots(run, model, train_data, test_data, data_info)
    # {% else %}
    save_plots(run, model, train_data, test_data)
    # {% endif %}
    # slot: run_end


# {% if validation %}
def evaluate_best(
    run: Path, model: torch.nn.Module, test_data, loss_fn, device
) -> None:
    """Load the best model of a run, and print its metrics on the test set."""
    # why: the test set is evaluated once, with the best model. A test set that helps
    # to choose a model is no longer an unbiased estimate of its error.
    best_epoch = checkpoint.load(run / "best.pt", model) - 1
    test_loss, metric = evaluate(model, make_dataloader(test_data), loss_fn, device)
    text = f"test_loss {test_loss:.4g}  test_{loss.METRIC} {metric:.4g}"
    print(f"epoch {best_epoch}  {text}")


# {% endif %}
class MetricsLog:
    """Writes metrics.csv, a row for each epoch, and shows a progress bar."""

    def __init__(self, path: Path, start: int, stop: int) -> None:
        self.path, self.epoch = path, start
        # {% if validation %}
        rows = run_on_rank_zero(lambda: self.truncate(start))
        losses = [row.split(",")[2:3] for row in rows[1:]]
        losses = TypeAdapter(list[tuple[float]]).validate_python(losses)
        self.best_loss = min((loss for (loss,) in losses), default=float("inf"))
        # {% else %}
        run_on_rank_zero(lambda: self.truncate(start))
        # {% endif %}
        disable = None if is_main_process() else True  # None: unless it is a terminal
        self.epochs = tqdm(range(start, stop), disable=disable)

    def truncate(self, n_epochs: int) -> list[str]:
        """Keep the rows of the epochs that the checkpoint has; return them."""
        rows = [",".join(COLUMNS)]
        if n_epochs:
            saved = self.path.read_text().splitlines()[: n_epochs + 1]
            if saved[:1] != rows or len(saved) <= n_epochs:
                message = f"error: {self.path} has no {n_epochs} epochs of {COLUMNS}"
                raise SystemExit(message)
            rows = saved
        text = "".join(f"{row}\n" for row in rows)
        atomic_write(self.path, lambda temporary: temporary.write_text(text))
        return rows

    def fsync(self) -> None:
        """Write to the disk the rows that a checkpoint counts on."""
        with self.path.open("rb+") as file:
            os.fsync(file.fileno())

    def append(self, row: str) -> None:
        """Append a row to metrics.csv."""
        with self.path.open("a") as file:
            print(row, file=file)

    def write(self, epoch: int, *metrics: float) -> None:
        """Log the metrics of an epoch; exit if they are not finite."""
        check_finite(epoch, *metrics)
        # why: the other processes wait for it, so that they may read it afterwards.
        run_on_rank_zero(lambda: self.append(",".join(map(str, (epoch, *metrics)))))
        self.epoch = epoch + 1
        text = "  ".join(map("{} {:.4g}".format, COLUMNS[1:], metrics))
        self.epochs.set_postfix_str(text, refresh=False)
        if epoch % max(1, len(self.epochs) // 10) == 0:
            self.epochs.write(f"epoch {epoch}  {text}")
        # {% if validation %}
        self.improved = metrics[1] < self.best_loss  # the validation loss
        self.best_loss = min(metrics[1], self.best_loss)
        # {% endif %}


def check_finite(epoch: int, *numbers: float) -> None:
    """Exit if training has diverged; the last checkpoint remains."""
    if not all(map(isfinite, numbers)):
        raise SystemExit(f"error: loss became NaN/inf in epoch {epoch}; lower --lr")


def save_plots(run: Path, model: torch.nn.Module, *data) -> None:
    """Plot the learning curves and the predictions into the folder of a run."""
    if not is_main_process():
        return
    from matplotlib.figure import Figure  # imported here, because it takes long

    from .plots import plot_predictions

    lines = (run / "metrics.csv").read_text("utf-8-sig").splitlines()
    rows = TypeAdapter(list[dict[str, float]]).validate_python([*csv.DictReader(lines)])
    # {% if validation %}
    best = min(rows, key=lambda row: row.get("validation_loss", 0.0), default={})
    # {% endif %}
    curves = Figure(figsize=(10, 4), layout="constrained")
    for axes, ylabel in zip(curves.subplots(1, 2), ("loss", loss.METRIC), strict=True):
        for name in (name for name in COLUMNS if name.endswith(f"_{ylabel}")):
            axes.plot([row.get(name) for row in rows], label=name)
        # {% if validation %}
        axes.axvline(best.get("epoch", 0.0), c="gray", ls=":", label="best epoch")
        # {% endif %}
        axes.set(xlabel="epoch", ylabel=ylabel)
        axes.legend()
    figures = {"learning_curves": curves} | plot_predictions(model, *data)
    for name, figure in figures.items():
        figure.savefig(run / f"{name}.png", dpi=120)
        print(f"saved plot: {run / name}.png")
