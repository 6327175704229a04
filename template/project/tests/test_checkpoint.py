"""What was saved is what is loaded; what is damaged or foreign is noticed."""

from pathlib import Path

import pytest
import torch

from package import checkpoint
from package.contract import Data
from package.engine import predict
from package.errors import ProjectError
from package.model import build_model
from package.tools.runs import trained_model

CPU = torch.device("cpu")


def test_a_loaded_model_predicts_exactly_as_the_saved_one(
    runs: Path, data: Data, tmp_path: Path
) -> None:
    saved, model = trained_model(runs / "001" / "last.pt", CPU)
    copy = tmp_path / "copy.pt"
    checkpoint.save(
        copy,
        epochs_done=saved.epochs_done,
        config=saved.config,
        state=saved.state,
        model=model,
        optimizer=torch.optim.SGD(model.parameters()),
    )
    loaded, again = trained_model(copy, CPU)
    assert loaded.config == saved.config
    expected = predict(model, data.test.x, saved.state)
    assert torch.equal(predict(again, data.test.x, loaded.state), expected)


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"PK\x03\x04"])
def test_a_foreign_file_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "last.pt"
    path.write_bytes(content)
    with pytest.raises(ProjectError, match="damaged, or no checkpoint"):
        checkpoint.load(path)


def test_a_truncated_checkpoint_is_refused(runs: Path, tmp_path: Path) -> None:
    whole = (runs / "001" / "last.pt").read_bytes()
    path = tmp_path / "last.pt"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ProjectError, match="damaged, or no checkpoint"):
        checkpoint.load(path)


def test_a_missing_checkpoint_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"no checkpoint .*last\.pt"):
        checkpoint.load(tmp_path / "last.pt")


def test_weights_of_another_shape_are_refused(runs: Path) -> None:
    saved = checkpoint.load(runs / "001" / "last.pt")
    model = build_model(saved.config, saved.state)
    saved.model["surplus"] = torch.zeros(1)
    with pytest.raises(ProjectError, match=r"does not fit model\.py"):
        checkpoint.restore(saved, model)
