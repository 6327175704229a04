"""The own tests of a project hold for any model, not only for that of its task."""

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


def render_circle(package: str, model: str) -> Tree:
    """Return a project of the task circle with another model, without its own tests."""
    recipe = Recipe((find_task("circle"),))
    files = render_project(recipe, {"project_name": package}).files
    path = f"{package}/model.py"
    text = HEAD + model + TAIL
    kept = {name: file for name, file in files.items() if "test_circle" not in name}
    return kept | {path: files[path]._replace(data=text.encode())}


@pytest.fixture(scope="module")
def results(
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, list[review.TestResult]]:
    home = tmp_path_factory.mktemp("models")
    for name, text in MODELS.items():
        write_project(render_circle(name, text), home, name)
    return run_own_tests(home)


@pytest.mark.parametrize("name", MODELS)
def test_the_own_tests_hold_for(
    name: str, results: dict[str, list[review.TestResult]]
) -> None:
    assert len(results[name]) > 20
    assert not failures(results[name])
