"""Long and large runs: shards, exact resume inside an epoch, torchrun."""

import os
import random
import subprocess
import sys
from functools import partial
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import TensorDataset

from package import checkpoint, engine
from package.distributed import (
    collectives,
    files,
    model_setup,
    samplers,
    saving,
)
from package.distributed.memmap import (
    BlockBatches,
    MemmapDataset,
)
from package.distributed.samplers import RandomBatches
from package.distributed.state_checks import (
    check_optimizer,
)
from package.distributed.train_state import (
    TrainState,
    get_rng_state,
    set_rng_state,
    set_seed,
)
from package.train import train

CPU = torch.device("cpu")
PROJECT = str(Path(checkpoint.__file__).parents[1])
ENVIRONMENT = os.environ | {"PYTHONPATH": PROJECT, "OMP_NUM_THREADS": "1"}


def fake_rank(monkeypatch, rank, size):
    monkeypatch.setattr(samplers, "rank", lambda: rank)
    monkeypatch.setattr(samplers, "world_size", lambda: size)


def test_the_shards_of_all_processes_are_the_batches_of_one(monkeypatch):
    torch.manual_seed(0)
    whole = list(RandomBatches(n_examples=10, batch_size=4))
    shards = []
    for rank in range(3):
        fake_rank(monkeypatch, rank, 3)
        torch.manual_seed(0)
        shards.append(list(RandomBatches(n_examples=10, batch_size=4)))
    for batch, *parts in zip(whole, *shards, strict=True):
        assert torch.equal(torch.cat(parts), batch)


@pytest.mark.parametrize("n_examples", [5_000, 5_001, 262_145])
def test_memory_mapped_data_are_read_once_in_blocks(n_examples):
    sampler = BlockBatches(n_examples, batch_size=128)
    batches = list(sampler)
    assert sorted(torch.cat(batches).tolist()) == list(range(n_examples))
    assert all(torch.equal(batch, batch.sort().values) for batch in batches)
    sizes = [sampler.global_batch_size(step) for step in range(len(sampler))]
    assert [len(batch) for batch in batches] == sizes


def test_batch_norm_with_less_than_two_examples_per_process_is_refused(monkeypatch):
    model_setup.check_batch_norm(nn.BatchNorm1d(1), smallest_batch=2)
    model_setup.check_batch_norm(nn.Linear(1, 1), smallest_batch=1)
    monkeypatch.setattr(model_setup, "world_size", lambda: 2)
    with pytest.raises(SystemExit, match="2 examples per process"):
        model_setup.check_batch_norm(nn.BatchNorm1d(1), smallest_batch=3)


def test_python_and_numpy_random_numbers_are_restored():
    set_seed(7)
    state = get_rng_state(CPU)
    first = random.random(), np.random.rand(), torch.rand(1)
    set_rng_state(CPU, state)
    assert (random.random(), np.random.rand(), torch.rand(1)) == first


@pytest.mark.parametrize(
    ("name", "value"), [("lr", "x"), ("betas", (1,)), ("eps", None)]
)
def test_wrong_hyperparameters_in_a_checkpoint_are_refused(name, value):
    layer = nn.Linear(1, 1)
    optimizer = torch.optim.Adam(layer.parameters())
    optimizer.param_groups[0][name] = value
    with pytest.raises((TypeError, ValueError)):
        check_optimizer(optimizer)


@pytest.mark.parametrize("value", [torch.zeros(3), torch.zeros(()), 1.5, None])
def test_a_wrong_optimizer_state_in_a_checkpoint_is_refused(value):
    layer = nn.Linear(1, 1)
    optimizer = torch.optim.Adam(layer.parameters())
    layer(torch.ones(1, 1)).sum().backward()
    optimizer.step()
    check_optimizer(optimizer)
    optimizer.state[layer.weight]["exp_avg"] = value
    with pytest.raises((AttributeError, ValueError)):
        check_optimizer(optimizer)


def test_memory_mapped_data_give_the_metrics_of_data_in_memory(tmp_path, monkeypatch):
    loss_fn = nn.MSELoss()
    # {% if build_loss_fn %}
    loss_fn.metric = nn.L1Loss()
    # {% else %}
    monkeypatch.setattr(engine, "to_predictions", lambda outputs: outputs)
    monkeypatch.setattr(engine, "metric_fn", nn.L1Loss())
    # {% endif %}
    x = torch.from_file(str(tmp_path / "x"), shared=True, size=20_000).view(-1, 2)
    y = torch.ones(len(x), 1)
    layer = nn.Linear(2, 1)
    found = [
        engine.evaluate(layer, engine.make_dataloader(data), loss_fn, CPU)
        for data in (TensorDataset(x, y), MemmapDataset(x, y))
    ]
    assert found[0] == pytest.approx(found[1])


class StopAt:
    """Raises KeyboardInterrupt after a number of steps, as a crash would."""

    def __init__(self, steps):
        self.left = steps

    def __call__(self):
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


@pytest.mark.parametrize("steps", [3, 5])  # 5 is the last step of the epoch
def test_an_epoch_is_resumed_at_the_step_with_the_same_random_numbers(tmp_path, steps):
    def make():
        torch.manual_seed(0)
        layers = nn.Sequential(nn.Linear(2, 4), nn.Dropout(0.5), nn.Linear(4, 1))
        return layers, torch.optim.Adam(layers.parameters(), lr=0.1)

    data = TensorDataset(torch.randn(10, 2), torch.randn(10, 1))

    def run_epochs(layers, optimizer, state):
        dataloader = engine.make_dataloader(data, 2)
        args = layers, dataloader, nn.MSELoss(), optimizer, CPU, state
        for seed in (7, 8):
            torch.manual_seed(seed)
            yield engine.train_epoch(*args)

    whole, optimizer = make()
    expected = list(run_epochs(whole, optimizer, TrainState()))
    layers, optimizer = make()
    state = TrainState(on_step_end=StopAt(steps))
    with pytest.raises(KeyboardInterrupt):
        next(run_epochs(layers, optimizer, state))
    checkpoint.save(tmp_path / "last.pt", 0, layers, optimizer, state)
    resumed, optimizer = make()
    state = TrainState()
    checkpoint.load(tmp_path / "last.pt", resumed, optimizer, state)
    assert list(run_epochs(resumed, optimizer, state)) == expected
    for one, other in zip(resumed.parameters(), whole.parameters(), strict=True):
        assert torch.equal(one, other)


def test_a_signal_saves_and_exits_and_the_run_resumes_exactly(
    config, trained_folder, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    run = checkpoint.prepare_run(config)
    steps = iter(range(1_000))
    monkeypatch.setattr(
        saving.PeriodicSync,
        "max_across_ranks",
        lambda sync, value: 15 if next(steps) == 2 else 0,
    )
    monkeypatch.setattr(saving, "all_reduce_max", lambda signum: [15])
    with pytest.raises(SystemExit) as stopped:
        train(config, run)
    assert stopped.value.code == 128 + 15
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    train(config, run)
    whole = trained_folder / "runs" / "001" / "metrics.csv"
    assert (run / "metrics.csv").read_text() == whole.read_text()


def test_a_damaged_checkpoint_falls_back_to_the_previous_one(tmp_path, capsys):
    layer = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
    for epochs in (1, 2):
        checkpoint.save(tmp_path / "last.pt", epochs, layer, optimizer)
    content = bytearray((tmp_path / "last.pt").read_bytes())
    content[content.index(layer.weight.detach().numpy().tobytes())] ^= 1
    (tmp_path / "last.pt").write_bytes(content)
    assert checkpoint.load(tmp_path / "last.pt", layer) == 1
    assert "wrong checksum" in capsys.readouterr().err
    assert checkpoint.load(tmp_path / "last.pt", layer) == 1


@pytest.mark.parametrize("links", [True, False])
def test_a_save_keeps_the_checkpoint_before(links, tmp_path, monkeypatch):
    if not links:
        monkeypatch.setattr("os.link", Mock(side_effect=OSError))
    for content in ("1", "2", "3"):
        write = partial(Path.write_text, data=content)
        files.atomic_write(tmp_path / "a", write, tmp_path / "b")
    assert [(tmp_path / name).read_text() for name in "ab"] == ["3", "2"]


def test_a_reader_finds_a_checkpoint_while_another_is_saved(tmp_path, monkeypatch):
    path, replace = tmp_path / "a", Path.replace
    path.write_text("1")

    def replace_and_look(self, target):
        replace(self, target)
        assert path.exists()

    monkeypatch.setattr(Path, "replace", replace_and_look)
    files.atomic_write(path, lambda p: p.write_text("2"), tmp_path / "b")
    assert path.read_text() == "2"


def test_a_run_is_trained_by_one_process_only(config, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = checkpoint.prepare_run(config)
    with files.lock_run(run), pytest.raises(SystemExit, match="another process"):
        train(config, run)


def test_without_torchrun_there_is_one_process():
    assert collectives.world_size() == 1
    assert collectives.all_gather("a") == ["a"]
    assert collectives.run_on_rank_zero(lambda: 3) == 3


def test_two_processes_have_the_metrics_of_one(
    model, datasets, trained_folder, tmp_path
):
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    flags = ["--epochs", "3", "--batch-size", "64", "--device", "cpu"]
    package = checkpoint.__name__.partition(".")[0]
    done = subprocess.run(
        [*command, "--nproc-per-node=2", "-m", package, "train", *flags],
        cwd=tmp_path,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    two, one = (read_metrics(folder) for folder in (tmp_path, trained_folder))
    assert len(two) == len(one)
    if not depends_on_the_batch(model, datasets[0][:8][0]):
        assert two == pytest.approx(one, rel=1e-3, abs=1e-4)


def depends_on_the_batch(model, x):
    """Return whether outputs in training differ by batch: batch norm, dropout."""
    model.train()
    alone = torch.cat([model(part) for part in x.split(4)])
    return not torch.allclose(alone, model(x), rtol=1e-3, atol=1e-4)


def read_metrics(folder):
    rows = (folder / "runs" / "001" / "metrics.csv").read_text().splitlines()[1:]
    return [float(value) for row in rows for value in row.split(",")]
