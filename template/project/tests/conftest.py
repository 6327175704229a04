"""What the tests share: one short run, trained once, and a server for it."""

from collections.abc import Iterator
from http.client import HTTPConnection
from importlib import import_module
from pathlib import Path
from threading import Thread

import pytest
import torch

from package import checkpoint, tools
from package.__main__ import main
from package.config import Config
from package.contract import Data
from package.data import load_data
from package.tools.pictures import Predictor
from package.tools.runs import trained_model

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


@pytest.fixture(scope="session")
def exported(runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the program of the trained run."""
    path = tmp_path_factory.mktemp("program") / "model.pt2"
    assert main(["export", "--out", str(runs), "--output", str(path)]) == 0
    return path


@pytest.fixture(scope="session")
def predictor(runs: Path) -> Predictor:
    """Return the model of the trained run."""
    saved, model = trained_model(runs / "001" / "last.pt", torch.device("cpu"))
    return Predictor(model, saved.state)


@pytest.fixture(scope="session")
def port(predictor: Predictor) -> Iterator[int]:
    """Return the port at which the trained run is served."""
    # Imported here, since all other tests need no uvicorn.
    serve = import_module(f"{tools.__name__}.serve")

    with serve.listen("127.0.0.1", 0) as opened:
        server = serve.build_server(predictor, "127.0.0.1")
        thread = Thread(target=server.run, args=([opened],))
        thread.start()
        yield opened.getsockname()[1]
        server.should_exit = True
        thread.join()


def ask(
    port: int, method: str, place: str, body: bytes = b"", **headers: str
) -> tuple[int, str]:
    """Send a request; return the status and the text of the response."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(method, place, body, named)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


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
