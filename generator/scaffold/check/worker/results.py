"""Check a project by running it: training reaches its results."""

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

from scaffold.check.worker.interface import Found


def check_results(package: str, task: Mapping[str, Any]) -> Iterator[Found]:
    """Yield the expected results that training with the defaults does not reach."""
    reached = train_and_evaluate(package, task)
    for wanted in task["expected_results"]:
        where = "plugin.toml [[expected_results]]"
        if wanted["metric"] not in reached:
            how = f"known metrics: {', '.join(reached)}"
            yield f"there is no metric {wanted['metric']}", where, how
            continue
        value, low, high = (
            reached[wanted["metric"]],
            wanted["at_least"],
            wanted["at_most"],
        )
        if (low is not None and value < low) or (high is not None and value > high):
            bound = f"at least {low}" if low is not None else f"at most {high}"
            what = f"{wanted['metric']} is {value:.4g}, not {bound}"
            yield what, where, "change the defaults, or promise less"


def train_and_evaluate(package: str, task: Mapping[str, Any]) -> dict[str, float]:
    """Return loss and metric on the test set after training in a new folder."""
    names = ("__main__", "checkpoint", "config", "data", "engine", "loss")
    main, checkpoint, config, data, engine, loss = (
        import_module(f"{package}.{name}") for name in names
    )
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        main.train(config.Config(device="cpu"))
        _, trained, model = checkpoint.load_run()
    made = data.make_datasets(trained)
    data_info = made[-1:] if task["data_info"] else ()
    dataset = made[-2 if data_info else -1]
    device = engine.get_device("cpu")
    if task["build_loss_fn"]:
        loss_fn = loss.build_loss_fn(trained, *data_info)
    else:
        loss_fn = loss.loss_fn
    dataloader = engine.make_dataloader(dataset)
    found = engine.evaluate(model.to(device), dataloader, loss_fn, device)
    return dict(zip(("test_loss", f"test_{loss.METRIC}"), found, strict=True))
