"""What a notebook lacks, and why that matters."""

from typing import Literal, NamedTuple

from scaffold.teach.cells import Cell
from scaffold.teach.notebook import (
    BACKWARD,
    DATA,
    EVAL,
    FIXED_DEVICE,
    FOUND_DEVICE,
    LOADED,
    MODEL,
    NETWORK,
    NO_GRADIENTS,
    SEED,
    SPLIT,
    matches,
)


class Fault(NamedTuple):
    """What a notebook lacks: some calls without some others, and why that matters.

    The others must be in the notebook, in the same cell, or not only in later ones.
    """

    name: str
    calls: str
    without: str
    text: str
    scope: Literal["notebook", "cell", "before"] = "notebook"
    elsewhere: str = ""  # calls that the notebook has, too


NEVER = r"(?!)"
FAULTS = (
    Fault(
        "no seed",
        MODEL,
        SEED,
        "No seed: the initial weights are random, so the result cannot be reproduced; "
        "call torch.manual_seed(42) right before the model is built.",
    ),
    Fault(
        "late seed",
        rf"= {NETWORK}",
        SEED,
        "The seed is set after the model was built: its initial weights are random and "
        "differ in each run; call torch.manual_seed(42) right before.",
        "before",
    ),
    Fault(
        "no split",
        BACKWARD,
        SPLIT,
        "No test set: the loss on data that the model was trained on does not show "
        "whether it generalizes; split the data before anything is fitted to them.",
        elsewhere=DATA,
    ),
    Fault(
        "no zero_grad",
        BACKWARD,
        r".*\.zero_grad\(",
        "No zero_grad(): backward() adds to the gradients of the steps before; call "
        "optimizer.zero_grad() before loss.backward().",
    ),
    Fault(
        "no eval",
        BACKWARD,
        EVAL,
        "No model.eval(): dropout and batch norm behave as in training until it is "
        "called; call it before evaluation, and model.train() before training.",
    ),
    Fault(
        "no inference_mode",
        BACKWARD,
        NO_GRADIENTS,
        "No inference_mode(): evaluation records gradients that nobody uses, which "
        "takes time and memory; evaluate inside `with torch.inference_mode():`.",
    ),
    Fault(
        "fixed device",
        FIXED_DEVICE,
        FOUND_DEVICE,
        'The device is always "cuda": on a computer without such a GPU the code '
        "fails; choose the device once, and pass it on.",
        "cell",
    ),
    Fault(
        "model pickled",
        rf"torch\.save\((obj=)?(<{NETWORK}\w*>|\w*(model|net)\w*)[,)]",
        NEVER,
        "The whole model is pickled: it loads only with the same code, and unpickling "
        "can run code; save model.state_dict(), and load it with weights_only=True.",
    ),
    Fault(
        "never loaded",
        r"torch\.save\(",
        LOADED,
        "Saved, but never loaded: load the file into a new model, and compare its "
        "predictions with those of the trained one.",
    ),
)


class Finding(NamedTuple):
    """A fault of a notebook, and the numbers of the cells that show it."""

    name: str
    text: str
    cells: list[int]


def find_faults(cells: list[Cell]) -> list[Finding]:
    """Return what a notebook lacks."""
    found = [Finding(f.name, f.text, find_cells(f, cells)) for f in FAULTS]
    return [finding for finding in found if finding.cells]


def find_cells(fault: Fault, cells: list[Cell]) -> list[int]:
    """Return the numbers of the cells that show a fault."""
    numbers, others = matches(fault.calls, cells), matches(fault.without, cells)
    if not matches(fault.elsewhere, cells):
        return []
    if fault.scope == "cell":
        return [number for number in numbers if number not in others]
    if fault.scope == "before":
        return numbers[:1] if numbers[:1] < others[:1] else []
    return [] if others else numbers
