"""A trained model as a file of its own, that torch opens without this project."""

import json
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import torch
from torch import Tensor, nn
from torch.export import Dim, ExportedProgram

from ..contract import State
from ..data import read_inputs
from ..engine import EVALUATION_BATCH
from ..errors import ProjectError
from ..objective import decide
from .files import replacing
from .pictures import Predictor
from .plain import from_plain, to_plain
from .surroundings import restore_threads

FORMAT = 1  # raised when the content changes, so that old files are told apart
INPUTS = "inputs.json"  # the extra file that says how raw inputs are encoded
PACKAGE = __name__.partition(".")[0]


class Deciding(nn.Module):
    """A model together with its decision rule: all that comes after the encoding."""

    def __init__(self, model: nn.Module, state: State) -> None:
        super().__init__()
        self.model = model
        self.state = state

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return the decision for each row, and what it was made from."""
        outputs = self.model(x)
        return decide(outputs, self.state), outputs


class Program(Predictor):
    """A program from a file; it predicts what the model did that it was made of."""

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


def write_program(path: Path, model: nn.Module, state: State) -> None:
    """Write `model`, which is on the CPU, with its decision rule and its state.

    Raises ProjectError if torch cannot follow the code of the model.
    """
    values = [str(value) for value in state["inputs"].values()]
    example = read_inputs([values], state)
    inputs = {
        "format": FORMAT,
        "package": PACKAGE,
        "threads": torch.get_num_threads(),
        "example": example.tolist(),  # the values in "inputs" of the state, encoded
        "state": to_plain(state),
    }
    program = trace(Deciding(model, state).eval(), example)
    content = BytesIO()
    torch.export.save(program, content, extra_files={INPUTS: json.dumps(inputs)})
    with replacing(path) as file:
        file.write(content.getvalue())


def trace(module: nn.Module, example: Tensor) -> ExportedProgram:
    """Return what `module` computes, for any number of rows like `example`."""
    # Two rows, since torch would take a single one for a constant of the program.
    rows = torch.cat([example, example])
    try:
        shapes = {"x": {0: Dim.DYNAMIC}}
        program = torch.export.export(module, (rows,), dynamic_shapes=shapes)
    except Exception as error:  # of many kinds, by what the code does
        reason = str(error).strip().splitlines()[0]
        what = "torch.export cannot follow forward() of model.py, or decide()"
        raise ProjectError(f"{what}: {type(error).__name__}: {reason}") from error
    for node in program.graph.nodes:
        node.meta.pop("stack_trace", None)  # names folders of this computer
    return program


def read_program(path: Path) -> Program:
    """Return the program in a file that `export` wrote; it computes on the CPU.

    Opening a program can run code that it holds: open only what you trust like code.
    Raises ProjectError if the file is missing, damaged, or none of this project's.
    """
    extra = {INPUTS: ""}
    try:
        with ZipFile(path) as archive:
            if archive.testzip():
                raise ValueError("damaged")
        module = torch.export.load(path, extra_files=extra).module()
        inputs = json.loads(extra[INPUTS])
        if (inputs["format"], inputs["package"]) != (FORMAT, PACKAGE):
            raise ValueError("of another format or project")
        restore_threads(inputs)
        return Program(module, from_plain(inputs["state"]))
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise ProjectError(f"no program {path}: {error.strerror}") from error
    except Exception as error:  # a damaged file makes torch fail in many ways
        what = f"{path} is damaged, or no program of this project"
        raise ProjectError(f"{what}; write it again with export") from error
