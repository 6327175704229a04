"""What cannot be exported, or is no program, is refused in one line."""

from pathlib import Path

import pytest
import torch

from package.__main__ import main
from package.contract import Data
from package.errors import ProjectError
from package.tools.export import write_program

Captured = pytest.CaptureFixture[str]


@pytest.mark.parametrize("damage", ["missing", "cut", "changed", "no program"])
def test_a_damaged_program_is_refused_in_a_line(
    damage: str, exported: Path, runs: Path, tmp_path: Path, capsys: Captured
) -> None:
    content = exported.read_bytes()
    changed = content.replace(b'"example"', b'"exbmple"')
    checkpoint = (runs / "001" / "last.pt").read_bytes()
    damaged = {"cut": content[:-100], "changed": changed, "no program": checkpoint}
    path = tmp_path / "model.pt2"
    if damage in damaged:
        path.write_bytes(damaged[damage])
    assert main(["predict", "--program", str(path), "1"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert str(path) in error
    assert error.count("\n") == 1


def test_code_that_torch_cannot_follow_is_one_line(
    data: Data, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    class Choosy(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x if x.sum() > 0 else -x

    with pytest.raises(ProjectError, match=r"cannot follow forward\(\)") as refused:
        write_program(tmp_path / "model.pt2", Choosy(), data.state)
    assert "\n" not in str(refused.value)
    assert capfd.readouterr().err == ""
    assert not list(tmp_path.iterdir())


def test_a_file_that_torch_would_not_open_is_not_written(
    runs: Path, tmp_path: Path, capsys: Captured
) -> None:
    words = ["--out", str(runs), "--output", str(tmp_path / "model.bin")]
    assert main(["export", *words]) == 2
    assert "--output must end in .pt2" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
