"""The own tests of a project hold for any model, not only for that of its task."""

import pytest
from custom_task import HEAD, TAIL, TOKENS, render_circle, replace_modules
from own_tests import failures, run_own_tests, write_project

from scaffold.teach import review

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
