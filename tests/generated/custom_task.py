"""Other modules for a project of the task circle, such as those of a custom task."""

import msgspec

from scaffold.catalog.plugins import Plugin, find_task
from scaffold.compose.recipe import Recipe
from scaffold.project.create import render_project
from scaffold.tree import Tree

HEAD = '''"""The model."""

from torch import Tensor, nn

from .config import Config

'''

TAIL = '''

def build_model(config: Config) -> nn.Module:
    """Return a model with random initial weights."""
    return Classifier()
'''

# Token classification: a task of the family `custom` with int64 inputs.
TOKENS = {
    "data.py": '''"""Sequences of tokens, each labelled by whether it is repeated."""

import torch
from torch import Tensor
from torch.utils.data import TensorDataset

from .config import Config

INPUTS = {"t1": 3, "t2": 3, "t3": 1, "t4": 7}


def make_datasets(config: Config) -> tuple[TensorDataset, TensorDataset]:
    """Return training and test set: tokens (4,) with labels (4,)."""
    generator = torch.Generator().manual_seed(config.data_seed)
    x = torch.randint(10, (200, 4), generator=generator)
    y = ((x.unsqueeze(2) == x.unsqueeze(1)).sum(dim=2) > 1).long()
    return TensorDataset(x[:160], y[:160]), TensorDataset(x[160:], y[160:])


def encode_inputs(rows: list[dict[str, str]]) -> Tensor:
    """Return tokens, given by name, as x: (N, 4) int64."""
    return torch.tensor([[int(row[name]) for name in INPUTS] for row in rows])
''',
    "model.py": HEAD
    + '''
class Classifier(nn.Module):
    """An embedding, an LSTM, and a linear layer for each token."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(10, 8)
        self.lstm = nn.LSTM(8, 8, batch_first=True, bidirectional=True)
        self.linear = nn.Linear(16, 2)

    def forward(self, x: Tensor) -> Tensor:
        """Return logits: (N, 4) -> (N, 4, 2)."""
        outputs, _ = self.lstm(self.embedding(x))
        return self.linear(outputs)
'''
    + TAIL,
    "loss.py": '''"""Loss function, predictions and metric of token classification."""

from torch import Tensor, nn

METRIC = "accuracy"


def loss_fn(logits: Tensor, y: Tensor) -> Tensor:
    """Return the mean cross entropy of all tokens: (N, 4, 2), (N, 4) -> ()."""
    return nn.functional.cross_entropy(logits.flatten(0, 1), y.flatten())


def to_predictions(logits: Tensor) -> Tensor:
    """Return the predicted label of each token: (N, 4, 2) -> (N, 4)."""
    return logits.argmax(dim=2)


def metric_fn(predictions: Tensor, y: Tensor) -> Tensor:
    """Return the fraction of tokens that are predicted correctly."""
    return (predictions == y).float().mean()
''',
    "plots.py": '''"""Plot the predictions of the model."""

from matplotlib.figure import Figure
from torch import nn
from torch.utils.data import TensorDataset


def plot_predictions(
    model: nn.Module, train_data: TensorDataset, test_data: TensorDataset
) -> dict[str, Figure]:
    """Return the test set as an image."""
    figure = Figure()
    figure.subplots().imshow(test_data.tensors[0].numpy())
    return {"tokens": figure}
''',
}


def render_circle(package: str, family: str = "binary", *features: Plugin) -> Tree:
    """Return a project of the task circle, without the tests of that task."""
    plugin = find_task("circle")
    manifest = msgspec.structs.replace(plugin.task, family=family)
    recipe = Recipe((plugin._replace(manifest=manifest), *features))
    files = render_project(recipe, {"project_name": package}).files
    return {path: file for path, file in files.items() if "test_circle" not in path}


def replace_modules(tree: Tree, package: str, texts: dict[str, str]) -> Tree:
    """Return a project with other modules in its package."""
    files = {
        f"{package}/{name}": tree[f"{package}/{name}"]._replace(data=text.encode())
        for name, text in texts.items()
    }
    return tree | files
