"""Train a model: one run from start to end."""

import csv
import time
from pathlib import Path

import torch
from pydantic import TypeAdapter
from tqdm import tqdm

from . import checkpoint, loss
from .config import Config
from .data import make_datasets
from .engine import evaluate, get_device, make_dataloader, predict, train_epoch
from .model import build_model

# {% if validation %}
COLUMNS = ("epoch", "train_loss", "validation_loss", f"validation_{loss.METRIC}")
# {% else %}
COLUMNS = ("epoch", "train_loss", "test_loss", f"test_{loss.METRIC}")
# {% endif %}
OPTIMIZERS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}
SAVE_INTERVAL_S = 5.0


def train(config: Config, run: Path | None = None) -> None:
    """Train a model in a new folder of runs/, or resume the run in the folder `run`."""
    device = get_device(config.device)
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
    train_dataloader = make_dataloader(train_data, config.batch_size)
    # {% if validation %}
    validation_dataloader = make_dataloader(validation_data)
    # {% else %}
    test_dataloader = make_dataloader(test_data)
    # {% endif %}
    # why: set the seed right before the model is built: its initial weights are random.
    torch.manual_seed(config.seed)
    # {% if data_info %}
    model = build_model(config, data_info).to(device)
    # {% else %}
    model = build_model(config).to(device)
    # {% endif %}
    predict(model, train_data[:1][0])  # a dry run: lazy layers get their shapes
    # {% if build_loss_fn and data_info %}
    loss_fn = loss.build_loss_fn(config, data_info).to(device)
    # {% elif build_loss_fn %}
    loss_fn = loss.build_loss_fn(config).to(device)
    # {% else %}
    loss_fn = loss.loss_fn
    # {% endif %}
    optimizer = OPTIMIZERS[config.optimizer](model.parameters(), lr=config.lr)
    run = checkpoint.prepare_run(config, run)  # only now: a failed start leaves none
    if not (run / "last.pt").exists():
        # {% if data_info %}
        checkpoint.save_data_info(run, data_info)
        # {% endif %}
        checkpoint.save(run / "last.pt", 0, model, optimizer)
    start = checkpoint.load(run / "last.pt", model, optimizer)
    # slot: setup

    log, saved_at = MetricsLog(run / "metrics.csv", start, config.epochs), 0.0
    for epoch in log.epochs:
        torch.manual_seed(config.seed + epoch)  # a resumed run shuffles the same
        train_loss = train_epoch(model, train_dataloader, loss_fn, optimizer, device)
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
        if time.monotonic() - saved_at > SAVE_INTERVAL_S or epoch == config.epochs - 1:
            checkpoint.save(run / "last.pt", epoch + 1, model, optimizer)
            saved_at = time.monotonic()
        # slot: epoch_end
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
        rows = path.read_text().splitlines() if start else [",".join(COLUMNS)]
        if rows[:1] != [",".join(COLUMNS)] or len(rows) <= start:
            raise SystemExit(f"error: {path} has no {start} epochs of {COLUMNS}")
        path.write_text("".join(f"{row}\n" for row in rows[: start + 1]))
        self.path, self.epochs = path, tqdm(range(start, stop), disable=None)
        # {% if validation %}
        losses = [row.split(",")[2:3] for row in rows[1 : start + 1]]
        losses = TypeAdapter(list[tuple[float]]).validate_python(losses)
        self.best_loss = min((loss for (loss,) in losses), default=float("inf"))
        # {% endif %}

    def write(self, epoch: int, *metrics: float) -> None:
        if not torch.tensor(metrics).isfinite().all():
            raise SystemExit(f"error: loss became NaN/inf in epoch {epoch}; lower --lr")
        with self.path.open("a") as file:
            print(epoch, *map(float, metrics), sep=",", file=file)
        text = "  ".join(map("{} {:.4g}".format, COLUMNS[1:], metrics))
        self.epochs.set_postfix_str(text, refresh=False)
        if epoch % max(1, len(self.epochs) // 10) == 0:
            self.epochs.write(f"epoch {epoch}  {text}")
        # {% if validation %}
        self.improved = metrics[1] < self.best_loss  # the validation loss
        self.best_loss = min(metrics[1], self.best_loss)
        # {% endif %}


def save_plots(run: Path, model: torch.nn.Module, *data) -> None:
    """Plot the learning curves and the predictions into the folder of a run."""
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
