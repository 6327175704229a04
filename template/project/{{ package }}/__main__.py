"""Command line: train, evaluate, predict, plot."""

import csv
import signal
import sys
from pathlib import Path
from typing import Annotated

from pydantic import ValidationError
from tyro import conf, extras

from .config import Config

Values = Annotated[tuple[str, ...], conf.Positional, conf.arg(help="inputs, in order")]
Run = Annotated[int | None, conf.arg(help="number of a run; None: the latest")]


def train(config: conf.OmitArgPrefixes[Config], resume: bool = False) -> None:
    """Train a model into the next folder of runs/, or --resume the latest run."""
    from . import checkpoint, train  # imported here, so that --help need not load torch

    if not resume:
        return train.train(config)
    run, saved, _ = checkpoint.load_run()
    flags = {word.partition("=")[0].lstrip("-").replace("-", "_") for word in sys.argv}
    given = {name: value for name, value in config if name in flags}
    if fixed := given.keys() - {"epochs", "device"}:
        raise SystemExit(f"error: {', '.join(fixed)} cannot change on --resume")
    return train.train(saved.model_copy(update=given), run)


def evaluate(run: Run = None) -> None:
    """Print test loss and metric of a run."""
    from . import checkpoint, data, engine, loss

    path, config, model = checkpoint.load_run(run)
    # {% if table %}
    *datasets, data_info = data.make_datasets(config)
    checkpoint.check_data(path, data_info)
    dataloader = engine.make_dataloader(datasets[-1])
    # {% elif data_info %}
    dataloader = engine.make_dataloader(data.make_datasets(config)[-2])
    # {% else %}
    dataloader = engine.make_dataloader(data.make_datasets(config)[-1])
    # {% endif %}
    # {% if build_loss_fn and data_info %}
    loss_fn = loss.build_loss_fn(config, checkpoint.load_data_info(path))
    device = engine.get_device()
    found = engine.evaluate(model, dataloader, loss_fn.to(device), device)
    # {% elif build_loss_fn %}
    loss_fn, device = loss.build_loss_fn(config), engine.get_device()
    found = engine.evaluate(model, dataloader, loss_fn.to(device), device)
    # {% else %}
    found = engine.evaluate(model, dataloader, loss.loss_fn, engine.get_device())
    # {% endif %}
    print(f"{path}: test_loss {found[0]:.4g}  test_{loss.METRIC} {found[1]:.4g}")
    # slot: evaluate_end


def predict(values: Values = (), input: Path | None = None, run: Run = None) -> None:
    # {% if family in ("regression", "custom") %}
    """Print the prediction for one example, or for each row of a CSV file."""
    # {% else %}
    """Print class and probability of one example, or of each row of a CSV file."""
    # {% endif %}
    from . import checkpoint, data, engine, loss

    # {% if data_info %}
    path, _, model = checkpoint.load_run(run)
    data_info = checkpoint.load_data_info(path)
    names = list(data_info["inputs"])
    # {% else %}
    model, names = checkpoint.load_run(run)[2], list(data.INPUTS)
    # {% endif %}
    rows = [dict(zip(names, values, strict=True))] if len(values) == len(names) else []
    if input:
        # {% if table %}
        rows = data.read_rows(input)
        # {% else %}
        with input.open(encoding="utf-8-sig", newline="") as file:
            rows = [*csv.DictReader(file, restval="")]
        # {% endif %}
    if not rows:
        raise SystemExit(f"error: expected {len(names)} values: {', '.join(names)}")
    try:
        # {% if data_info %}
        x = data.encode_inputs(rows, data_info)
        # {% else %}
        x = data.encode_inputs(rows)
        # {% endif %}
    except (KeyError, ValueError) as error:
        raise SystemExit(f"error: missing or invalid input: {error}") from error
    # {% if family == "regression" and table %}
    predictions = loss.to_predictions(engine.predict(model, x))
    for value in loss.to_values(predictions, data_info):
        print(f"{value:.{data_info['digits']}g}")
    if "interval" in data_info:
        print(f"90 % interval: +/- {data_info['interval']:.4g}", file=sys.stderr)
    # {% elif family == "regression" %}
    predictions = loss.to_predictions(engine.predict(model, x))
    print(*map("{:.4g}".format, predictions.flatten().tolist()), sep="\n")
    # {% elif family == "custom" and data_info %}
    predictions = loss.to_predictions(engine.predict(model, x))
    print(*loss.to_values(predictions, data_info), sep="\n")
    # {% elif family == "custom" %}
    print(*loss.to_values(loss.to_predictions(engine.predict(model, x))), sep="\n")
    # {% else %}
    probabilities = loss.to_probabilities(engine.predict(model, x))  # (N, classes)
    for p, label in zip(*probabilities.max(dim=1), strict=True):
        # {% if data_info %}
        print(f"{data_info['classes'][label]} (p = {p:.4g})")
        # {% else %}
        print(f"{data.CLASSES[label]} (p = {p:.4g})")
        # {% endif %}
    # {% endif %}


def plot(run: Run = None) -> None:
    """Draw the plots of a run again."""
    from . import checkpoint, data, train

    path, config, model = checkpoint.load_run(run)
    # {% if table %}
    datasets = data.make_datasets(config)
    checkpoint.check_data(path, datasets[-1])
    train.save_plots(path, model, *datasets)
    # {% else %}
    train.save_plots(path, model, *data.make_datasets(config))
    # {% endif %}


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C; train --resume continues
    commands = {"train": train, "evaluate": evaluate, "predict": predict, "plot": plot}
    # slot: commands

    sys.stdout.reconfigure(errors="backslashreplace")  # not all terminals have UTF-8
    try:
        extras.subcommand_cli_from_dict(
            commands, prog=f"python -m {__package__}", args=sys.argv[1:] or ["--help"]
        )
    except (OSError, UnicodeError, ValidationError, csv.Error) as error:  # bad files
        raise SystemExit(f"error: {' '.join(str(error).split())}") from error
