"""The own tests of a project hold for any model, not only for that of its task."""

import msgspec
import pytest
from own_tests import failures, run_own_tests, write_project

from scaffold.catalog.plugins import find_task
from scaffold.compose.recipe import Recipe
from scaffold.project.create import render_project
from scaffold.teach import review
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

# Each of them replaces the model of the task circle: (N, 2) -> (N,).
RECURRENT = '''
class Classifier(nn.Module):
    """Reads the coordinates of a point as a sequence of length 2."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.{layer}(1, 8, num_layers=2, dropout=0.1, batch_first=True)
        self.linear = nn.Linear(8, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return logits: (N, 2) -> (N,)."""
        outputs, _ = self.layer(x.unsqueeze(dim=2))  # (N, 2, 8)
        return self.linear(outputs[:, -1]).squeeze(dim=1)
'''
SEQUENTIAL = '''
class Classifier(nn.Module):
    """A multilayer perceptron with another layer in it."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(2, 16), {layer}, nn.ReLU(), nn.Linear(16, 1)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return logits: (N, 2) -> (N,)."""
        return self.layers(x).squeeze(dim=1)
'''
TRANSFORMER = '''
class Classifier(nn.Module):
    """Attends to the coordinates of a point, each embedded as a token."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Linear(1, 8)
        self.encoder = nn.TransformerEncoderLayer(
            8, nhead=2, dim_feedforward=16, dropout=0.1, batch_first=True
        )
        self.linear = nn.Linear(16, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return logits: (N, 2) -> (N,)."""
        tokens = self.encoder(self.embedding(x.unsqueeze(dim=2)))  # (N, 2, 8)
        return self.linear(tokens.flatten(start_dim=1)).squeeze(dim=1)
'''
ATTENTION = '''
class Classifier(nn.Module):
    """Attends to the coordinates of a point, without a residual connection."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Linear(1, 8)
        self.attention = nn.MultiheadAttention(8, num_heads=2, batch_first=True)
        self.linear = nn.Linear(16, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return logits: (N, 2) -> (N,)."""
        tokens = self.embedding(x.unsqueeze(dim=2))  # (N, 2, 8)
        attended, _ = self.attention(tokens, tokens, tokens)
        return self.linear(attended.flatten(start_dim=1)).squeeze(dim=1)
'''
MODELS = {
    "lstm": RECURRENT.format(layer="LSTM"),
    "gru": RECURRENT.format(layer="GRU"),
    "batch_norm": SEQUENTIAL.format(layer="nn.BatchNorm1d(16)"),
    "dropout": SEQUENTIAL.format(layer="nn.Dropout(0.3)"),
    "transformer": TRANSFORMER,
    "attention": ATTENTION,
}

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


def render_circle(package: str, family: str = "binary") -> Tree:
    """Return a project of the task circle, without the tests of that task."""
    plugin = find_task("circle")
    manifest = msgspec.structs.replace(plugin.task, family=family)
    recipe = Recipe((plugin._replace(manifest=manifest),))
    files = render_project(recipe, {"project_name": package}).files
    return {path: file for path, file in files.items() if "test_circle" not in path}


def replace_modules(tree: Tree, package: str, texts: dict[str, str]) -> Tree:
    """Return a project with other modules in its package."""
    files = {
        f"{package}/{name}": tree[f"{package}/{name}"]._replace(data=text.encode())
        for name, text in texts.items()
    }
    return tree | files


@pytest.fixture(scope="module")
def results(
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, list[review.TestResult]]:
    home = tmp_path_factory.mktemp("models")
    for name, text in MODELS.items():
        tree = render_circle(name)
        tree = replace_modules(tree, name, {"model.py": HEAD + text + TAIL})
        write_project(tree, home, name)
    tree = replace_modules(render_circle("tokens", "custom"), "tokens", TOKENS)
    write_project(tree, home, "tokens")
    return run_own_tests(home)


@pytest.mark.parametrize("name", [*MODELS, "tokens"])
def test_the_own_tests_hold_for(
    name: str, results: dict[str, list[review.TestResult]]
) -> None:
    assert len(results[name]) > 20
    assert not failures(results[name])
