"""The steps of a notebook, and where each belongs in a project."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from scaffold.catalog.manifest import TaskManifest
from scaffold.teach.cells import Cell

NETWORK = r"(torch\.nn\.(?!\w*Loss\b)[A-Z]|torchvision\.models\.)"
MODEL = rf"(class )?{NETWORK}"
LOADED = r"torch\.load\(|.*\.load_state_dict\("
SEED = r"torch\.(\w+\.)?manual_seed|(.*\.)?(seed_everything|set_seeds?)\("
DATA = (
    r"= torch\.(tensor|arange|linspace|from_numpy|randn?|normal)\("
    r"|= (sklearn|torchvision)\.datasets\.|= (pandas|polars)\.read_"
    r"|= numpy\.(load|loadtxt|genfromtxt|arange|linspace|random\.\w+)\("
    r"|csv\.\w*[rR]eader\(|class torch\.utils\.data\."
)
SPLIT = (
    r".*\b(train_test_split|random_split|KFold)\("
    r"|slice .*(train|test|val)|torchvision\.datasets\..*train="
    r"|unpack (?!.*(loss|acc)).*train.*(test|val)"
)
FOUND_DEVICE = r"torch\.(backends\.)?\w+\.(is_available|current_accelerator)\("
FIXED_DEVICE = r"constant cuda|.*\.cuda\("
BACKWARD = r".*\.backward\("
EVAL = r".*\.eval\(|.*\.train\((mode=)?False"
NO_GRADIENTS = r"torch\.(inference_mode|no_grad)\("
USES_LOSS = r"<torch\.nn\.\w*Loss>\(|(.*\.)?\w*(loss_fn|criterion|acc|accuracy)\w*\("


class Step(NamedTuple):
    """A step of a notebook: the calls that show it, and its place in a project."""

    name: str
    calls: str  # a regular expression
    place: str  # file:function


# Each place exists in every project, but some tasks build the loss with its metric.
BUILT = {"loss.py:loss_fn": "loss.py:build_loss_fn"}
BUILT |= {"loss.py:metric_fn": "loss.py:build_loss_fn"}
STEPS = (
    Step("hyperparameters", r"number ", "config.py:Config"),
    Step("data", DATA, "data.py:make_datasets"),
    Step("split", SPLIT, "data.py:make_datasets"),
    Step("batches", r"torch\.utils\.data\.DataLoader\(", "engine.py:make_dataloader"),
    Step("device", f"{FOUND_DEVICE}|{FIXED_DEVICE}", "engine.py:get_device"),
    Step("seed", SEED, "train.py:train"),
    Step("model", MODEL, "model.py:build_model"),
    Step(
        "loss function",
        r"torch\.nn\.\w*Loss\(|torch\.nn\.functional\.\w*(loss|entropy)",
        "loss.py:loss_fn",
    ),
    Step(
        "metric",
        r"def \w*(accuracy|metric|score|mae|f1)|torchmetrics\.|sklearn\.metrics\.",
        "loss.py:metric_fn",
    ),
    Step("optimizer", r"torch\.optim\.", "train.py:train"),
    Step("loop over epochs", r"for \w*epoch|range\(\w*epoch", "train.py:train"),
    Step("training step", BACKWARD, "engine.py:train_epoch"),
    Step("evaluation", f"{EVAL}|{NO_GRADIENTS}", "engine.py:evaluate"),
    Step("predictions", rf"<{NETWORK}\w*>\(", "engine.py:predict"),
    Step(
        "outputs to predictions",
        r".*\b(sigmoid|softmax|round|argmax)\(",
        "loss.py:to_predictions",
    ),
    Step(
        "learning curves",
        r"matplotlib\.pyplot\.\w+\(.*(?i:loss|curve)|.*plot_\w*(loss|curve)",
        "train.py:save_plots",
    ),
    Step(
        "plots",
        r"matplotlib\.|seaborn\.|def plot|.*\bplot\w*\(",
        "plots.py:plot_predictions",
    ),
    Step("save", r"torch\.save\(", "checkpoint.py:save"),
    Step("load", LOADED, "checkpoint.py:load"),
)


def matches(pattern: str, cells: Iterable[Cell]) -> list[int]:
    """Return the numbers of the cells that have a call of a pattern."""
    regex = re.compile(pattern)
    return [cell.number for cell in cells if any(map(regex.match, cell.calls))]


def list_places(cell: Cell, task: TaskManifest, package: str) -> list[tuple[str, str]]:
    """Return the steps in a cell, each with its file and function in a project."""
    other = BUILT if task.build_loss_fn else {}
    return [
        (step.name, f"{package}/{other.get(step.place, step.place)}")
        for step in find_steps(cell)
    ]


def find_steps(cell: Cell) -> list[Step]:
    """Return the steps in a cell, in the order of a project.

    To call the model is a step of its own only if neither training nor evaluation does
    it, and evaluation needs a loss or a metric.
    """
    found = {step.name: step for step in STEPS if matches(step.calls, [cell])}
    judged = "evaluation" in found and matches(USES_LOSS, [cell])
    if "training step" in found or judged:
        found.pop("predictions", None)
    elif "predictions" in found:
        found.pop("evaluation", None)
    if "learning curves" in found:
        found.pop("plots", None)
    return list(found.values())


def infer_task(cells: list[Cell]) -> str:
    """Return the built-in task to start from: that of the loss or the data."""
    signs = {
        "tabular": r"(pandas|polars)\.read_|csv\.",
        "circle": r"torch\.nn\.BCE",
        "blobs": r"torch\.nn\.(CrossEntropy|NLL)Loss|torch\.nn\.functional\.cross",
    }
    return next(
        (task for task, calls in signs.items() if matches(calls, cells)), "line"
    )
