"""Export a trained model as a file that PyTorch alone can run."""

from __future__ import annotations

import json
import logging
import warnings
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from tyro.conf import arg

if TYPE_CHECKING:
    from torch import Tensor, nn
    from torch.export import ExportedProgram

Run = Annotated[int | None, arg(help="number of a run; None: the latest")]
Output = Annotated[Path | None, arg(help="file; None: model.pt2 in the run's folder")]


def export(run: Run = None, output: Output = None) -> None:
    """Export the model of a run with torch.export."""
    if output and (output.suffix != ".pt2" or not output.parent.is_dir()):
        raise SystemExit("error: --output must end in .pt2, in a folder that exists")
    import torch  # imported here, so that --help need not load torch

    from . import checkpoint, data

    path, _, model = checkpoint.load_run(run)
    # {% if data_info %}
    data_info = checkpoint.load_data_info(path)
    inputs = data_info["inputs"]
    rows = [{name: str(value) for name, value in inputs.items()}]
    x = data.encode_inputs(rows, data_info)
    # {% else %}
    inputs = data.INPUTS
    x = data.encode_inputs([{name: str(value) for name, value in inputs.items()}])
    # {% endif %}
    info = {"package": __package__, "inputs": inputs, "encoded_example": x.tolist()}
    # {% if family in ("binary", "multiclass") and data_info %}
    info["classes"] = data_info["classes"]
    # {% elif family in ("binary", "multiclass") %}
    info["classes"] = data.CLASSES
    # {% endif %}
    # {% if data_info %}
    info["data_info"] = data_info
    # {% endif %}
    model.cpu().eval()(x)  # an error of the model is none of torch.export
    program = to_exported_program(model, x)
    output = output or path / "model.pt2"
    extra_files = {"preprocessing.json": json.dumps(info)}
    torch.export.save(program, output, extra_files=extra_files)
    print(f"exported: {output}")


def to_exported_program(model: nn.Module, x: Tensor) -> ExportedProgram:
    """Return the program of a model, for any number of rows like those of `x`."""
    import torch

    # why: two rows, since torch.export would treat a batch size of 1 as a constant.
    example = (torch.cat([x, x]),)
    logging.disable()  # on failure torch.export prints pages; the error has the cause
    try:
        with redirect_stderr(StringIO()), warnings.catch_warnings(action="ignore"):
            program = torch.export.export(
                model, example, dynamic_shapes=({0: torch.export.Dim.DYNAMIC},)
            )
    except Exception as error:  # of many types, depending on the code of the model
        cause = f"{type(error).__name__}: {error}".strip().splitlines()[0]
        message = "error: torch.export failed on forward() in model.py"
        raise SystemExit(f"{message}: {cause}") from error
    finally:
        logging.disable(logging.NOTSET)
    for module in program.graph_module.modules():
        if isinstance(module, torch.fx.GraphModule):
            for node in module.graph.nodes:
                node.meta.pop("stack_trace", None)  # has paths of this machine
    return program
