"""Writes a trained model as a file that torch opens without this project."""

import json
import logging
from contextlib import redirect_stderr
from io import BytesIO, StringIO
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.export import Dim, ExportedProgram
from torch.fx import GraphModule

from ..contract import State
from ..data import read_inputs
from ..errors import ProjectError
from ..objective import decide
from .files import replacing
from .plain import to_plain
from .program import FORMAT, INPUTS, PACKAGE


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
    rows, shapes = torch.cat([example, example]), {"x": {0: Dim.DYNAMIC}}
    logging.disable()  # of a failure torch prints pages; its first line says it
    try:
        with redirect_stderr(StringIO()):
            program = torch.export.export(module, (rows,), dynamic_shapes=shapes)
    except Exception as error:  # of many kinds, by what the code does
        reason = str(error).strip().partition("\n")[0]
        what = "torch.export cannot follow forward() of model.py, or decide()"
        raise ProjectError(f"{what}: {type(error).__name__}: {reason}") from error
    finally:
        logging.disable(logging.NOTSET)
    for part in program.graph_module.modules():
        for node in part.graph.nodes if isinstance(part, GraphModule) else ():
            node.meta.pop("stack_trace", None)  # names folders of this computer
    return program
