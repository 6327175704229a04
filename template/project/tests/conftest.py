"""What the tests share: one short run, trained once."""

from pathlib import Path

import pytest
import torch

from package import checkpoint
from package.__main__ import main
from package.config import Config
from package.contract import Data
from package.data import load_data

EPOCHS = 8


# slot: hooks
@pytest.fixture(scope="session")
def data() -> Data:
    return load_data(Config())


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of runs; `001` in it is trained, in small batches, on the CPU."""
    out = tmp_path_factory.mktemp("runs")
    assert main(["train", *flags(out, EPOCHS)]) == 0
    return out


def flags(out: Path, epochs: int) -> list[str]:
    """Return the flags of a short run into `out`."""
    small = ["--device", "cpu", "--batch-size", "32"]
    return ["--out", str(out), "--epochs", str(epochs), *small]


def assert_same_run(one: Path, other: Path) -> None:
    """Compare record, weights and optimizer of two runs, bit for bit."""
    assert (one / "metrics.csv").read_text() == (other / "metrics.csv").read_text()
    first, second = (checkpoint.load(run / "last.pt") for run in (one, other))
    torch.testing.assert_close(first.model, second.model, rtol=0, atol=0)
    torch.testing.assert_close(first.optimizer, second.optimizer, rtol=0, atol=0)
