"""What was saved is what is loaded; what is damaged or foreign is noticed."""

import os
from pathlib import Path

import pytest
import torch

from package import checkpoint
from package.contract import Data
from package.engine import predict
from package.errors import ProjectError
from package.model import build_model
from package.tools import runs as folders
from package.tools.files import replacing

CPU = torch.device("cpu")


### EXERCISE: save
### EXERCISE: load
def test_a_loaded_model_predicts_exactly_as_the_saved_one(
    runs: Path, data: Data, tmp_path: Path
) -> None:
    saved, model = folders.trained_model(runs / "001" / "last.pt", CPU)
    copy = tmp_path / "copy.pt"
    checkpoint.save(
        copy,
        progress=saved.progress,
        config=saved.config,
        state=saved.state,
        model=model,
        optimizer=torch.optim.SGD(model.parameters()),
    )
    loaded, again = folders.trained_model(copy, CPU)
    assert loaded.config == saved.config
    expected = predict(model, data.test.x, saved.state)
    assert torch.equal(predict(again, data.test.x, loaded.state), expected)


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"PK\x03\x04"])
def test_a_foreign_file_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "last.pt"
    path.write_bytes(content)
    with pytest.raises(ProjectError, match="damaged, or no checkpoint"):
        checkpoint.load(path)


def test_code_in_a_file_is_refused_and_never_run(tmp_path: Path) -> None:
    path, trace = tmp_path / "last.pt", tmp_path / "trace"
    torch.save(Harmful(trace), path)
    with pytest.raises(ProjectError, match="damaged, or no checkpoint"):
        checkpoint.load(path)
    assert not trace.exists()


class Harmful:
    """Makes a folder when it is unpickled; others would do worse."""

    def __init__(self, trace: Path) -> None:
        self.trace = str(trace)

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (self.trace,)


@pytest.mark.parametrize("place", [0.2, 0.5, 0.8])
def test_a_changed_weight_is_noticed(place: float, runs: Path, tmp_path: Path) -> None:
    whole = (runs / "001" / "last.pt").read_bytes()
    weights = next(iter(checkpoint.load(runs / "001" / "last.pt").model.values()))
    stored = weights.numpy().tobytes()
    at = whole.index(stored) + int(place * len(stored))
    path = tmp_path / "last.pt"
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    with pytest.raises(ProjectError, match="damaged, or no checkpoint"):
        checkpoint.load(path)


def test_a_truncated_checkpoint_gives_way_to_the_one_before_it(
    runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = (runs / "001" / "last.pt").read_bytes()
    (tmp_path / "last.pt").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ProjectError, match="damaged, or no checkpoint"):
        folders.load_newest(tmp_path / "last.pt")
    (tmp_path / "previous.pt").write_bytes(whole)
    path, _ = folders.load_newest(tmp_path / "last.pt")
    assert path == tmp_path / "previous.pt"
    assert "taking the one before it" in capsys.readouterr().err


def test_files_that_are_written_side_by_side_do_not_mix(tmp_path: Path) -> None:
    one, other = tmp_path / "last.pt", tmp_path / "last.pt2"
    with replacing(one) as first, replacing(other) as second:
        first.write(b"first")
        second.write(b"second")
    assert (one.read_bytes(), other.read_bytes()) == (b"first", b"second")
    assert len(list(tmp_path.iterdir())) == 2


def test_a_missing_checkpoint_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"no checkpoint .*last\.pt"):
        checkpoint.load(tmp_path / "last.pt")


### EXERCISE: load
def test_weights_of_another_shape_are_refused(runs: Path) -> None:
    saved = checkpoint.load(runs / "001" / "last.pt")
    model = build_model(saved.config, saved.state)
    saved.model["surplus"] = torch.zeros(1)
    with pytest.raises(ProjectError, match=r"does not fit model\.py"):
        checkpoint.restore(saved, model)
