"""A trained model from a file that `export` wrote."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import torch
from torch import Tensor

from ..engine import EVALUATION_BATCH
from ..errors import ProjectError
from .pictures import Predictor
from .plain import from_plain
from .surroundings import restore_threads

FORMAT = 1  # raised when the content changes, so that old files are told apart
INPUTS = "inputs.json"  # the extra file that says how raw inputs are encoded
PACKAGE = __name__.partition(".")[0]


class Program(Predictor):
    """A program; it predicts what the model did that it was made of."""

    def __call__(self, x: Tensor) -> Tensor:
        return self.run(x)[0]

    def outputs(self, x: Tensor) -> Tensor:
        return self.run(x)[1]

    @torch.inference_mode()
    def run(self, x: Tensor) -> list[Tensor]:
        """Return decisions and outputs for each row of `x`."""
        try:
            parts = [self.model(part) for part in x.split(EVALUATION_BATCH)]
        except (AssertionError, RuntimeError) as error:  # inputs of another shape
            message = "the program takes other inputs than data.py makes; export again"
            raise ProjectError(message) from error
        return [torch.cat(column) for column in zip(*parts, strict=True)]


def read_program(path: Path) -> Program:
    """Return the program in a file; it computes on the CPU.

    Opening a program can run code that it holds: open only what you trust like code.
    Raises ProjectError if the file is missing, damaged, or none of this project's.
    """
    try:
        content = path.read_bytes()
        inputs = read_extra(content)
        module = torch.export.load(BytesIO(content)).module()
        restore_threads(inputs["threads"])
        return Program(module, from_plain(inputs["state"]))
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise ProjectError(f"no program {path}: {error.strerror}") from error
    except Exception as error:  # a damaged file makes torch fail in many ways
        what = f"{path} is damaged, or no program of this project"
        raise ProjectError(f"{what}; write it again with export") from error


def read_extra(content: bytes) -> dict[str, Any]:
    """Return what a program says of its inputs; raise ValueError if it does not fit."""
    with ZipFile(BytesIO(content)) as archive:
        names = [n for n in archive.namelist() if n.endswith(f"/extra/{INPUTS}")]
        if archive.testzip() or not names:
            raise ValueError("damaged, or something else")
        inputs = json.loads(archive.read(names[0]))
    if (inputs["format"], inputs["package"]) != (FORMAT, PACKAGE):
        raise ValueError("of another format or project")
    return inputs
