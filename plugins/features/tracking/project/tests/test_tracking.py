"""Tracking: what the reader of the tracker finds is what was trained."""

import csv

import pytest

from package.checkpoint import prepare_run
from package.train import train


def read_csv(run):
    """Return the values of each column of metrics.csv, but `epoch`."""
    rows = list(csv.DictReader((run / "metrics.csv").read_text().splitlines()))
    return {name: [float(row[name]) for row in rows] for name in list(rows[0])[1:]}


def read_tracker(run):
    """Return steps and values by name, the learning rate, and names of plots."""
    # {% if tracker == "tensorboard" %}
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

    events = EventAccumulator(str(run / "tensorboard")).Reload()
    scalars = {
        name: [(event.step, event.value) for event in events.Scalars(name)]
        for name in events.Tags()["scalars"]
    }
    content = events.PluginTagToContent("hparams")["_hparams_/session_start_info"]
    hparams = HParamsPluginData.FromString(content).session_start_info.hparams
    lr, plots = hparams["lr"].number_value, events.Tags()["images"]
    # {% else %}
    import trackio
    from trackio.sqlite_storage import SQLiteStorage

    (found,) = [r for r in trackio.Api().runs("{{ package }}") if r.name == run.name]
    rows = SQLiteStorage.get_logs("{{ package }}", run.name, run_id=found.id)
    scalars, plots = {}, []
    for row in rows:
        for name, value in row.items():
            if isinstance(value, dict):
                plots.append(name)
            elif name not in ("timestamp", "step"):
                scalars.setdefault(name, []).append((row["step"], value))
    lr = found.config["lr"]
    # {% endif %}
    return scalars, lr, plots


def check(run, config):
    """Compare what the tracker has with metrics.csv."""
    scalars, lr, plots = read_tracker(run)
    metrics = read_csv(run)
    assert scalars.keys() == metrics.keys()
    for name, values in metrics.items():
        assert [step for step, _ in scalars[name]] == list(range(len(values)))
        # TensorBoard stores float32.
        assert [v for _, v in scalars[name]] == pytest.approx(values, rel=1e-6)
    assert lr == config.lr
    assert sorted(plots) == sorted(path.stem for path in run.glob("*.png"))


def test_metrics_hyperparameters_and_plots_are_logged(config, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = prepare_run(config)
    train(config, run)
    check(run, config)


def test_a_resumed_run_continues_its_curve(config, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = prepare_run(config)
    train(config.model_copy(update={"epochs": 2}), run)
    train(config.model_copy(update={"epochs": 4}), run)
    check(run, config)
    train(config.model_copy(update={"epochs": 4}), run)  # only plots
    check(run, config)
