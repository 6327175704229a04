"""What is particular to this task: tables good and bad, their encoding, the metric."""

from pathlib import Path

import pytest
import torch
import torchmetrics

from package.config import Config
from package.contract import State
from package.data import load_data, read_inputs
from package.encoding import fit
from package.errors import ProjectError
from package.objective import METRIC, decide
from package.parts import split_rows
from package.table import read_table

# {% if family == "regression" %}
TARGETS = [0.5 * number for number in range(30)]
# {% elif family == "binary" %}
TARGETS = ["yes", "no", "no"] * 10
# {% else %}
TARGETS = ["red", "green", "blue"] * 10
# {% endif %}


def table(path: Path, header: str = "size,colour,day,y", separator: str = ",") -> Path:
    """Write a table of thirty rows with a gap in its first column; return its path."""
    lines = [header]
    for row, target in enumerate(TARGETS):
        size = row * row % 19 if row % 3 else ""
        values = (size, "uvw"[row % 3], f"2024-05-{row + 1:02}", target)
        lines.append(separator.join(map(str, values)))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def state(tmp_path: Path) -> State:
    return load_data(Config(data=str(table(tmp_path / "a.csv")), target="y")).state


def test_each_part_has_its_share_of_the_rows_and_none_twice() -> None:
    # {% if family == "regression" %}
    y = torch.arange(100.0).unsqueeze(dim=1)
    y[:10] = torch.nan
    # {% else %}
    y = torch.tensor([-1] * 10 + [0] * 30 + [1] * 60)
    # {% endif %}
    train, validation, test = split_rows(y, seed=1)
    assert sorted(train + validation + test) == list(range(10, 100))
    assert (len(train), len(validation), len(test)) == (54, 18, 18)
    # {% if family != "regression" %}
    for part, share in ((train, 18), (validation, 6), (test, 6)):
        assert (y[part] == 0).sum() == share
    # {% endif %}


def test_only_training_rows_are_fitted(tmp_path: Path) -> None:
    texts = read_table(table(tmp_path / "a.csv"))[["colour"]]
    known = fit(texts, {"colour": "category"}, rows=[0, 1, 3, 4])
    assert sorted(known[0]["categories"]) == ["u", "v"]


def test_training_inputs_have_mean_0_and_deviation_1(tmp_path: Path) -> None:
    data = load_data(Config(data=str(table(tmp_path / "a.csv")), target="y"))
    assert data.state["width"] == data.train.x.shape[1] == 2 + 4 + 1
    days = data.train.x[:, -1]
    assert days.mean().item() == pytest.approx(0, abs=1e-6)
    assert days.std().item() == pytest.approx(1, abs=1e-6)


def test_gaps_and_unknown_texts_have_inputs_of_their_own(state: State) -> None:
    x = read_inputs([["", "purple", "2024-05-03"], ["7", "NA", "2024-05-03"]], state)
    assert x[0, :2].tolist() == [0.0, 1.0]
    assert x[1, 1] == 0.0
    assert x[:, 2:6].tolist() == [[0.0, 0.0, 0.0, 1.0]] * 2


def test_columns_may_be_reordered_and_others_are_ignored(
    state: State, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "b.csv").write_text("day;rank;colour;size\n2024-05-03;1;u;7,5\n")
    x = read_inputs(tmp_path / "b.csv", state)
    assert torch.equal(x, read_inputs([["7.5", "u", "2024-05-03"]], state))
    assert "ignored rank" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("size,day\n1,2024-05-03\n", "no column colour"),
        ("size,colour,day\n1,u,2024-05-03\ntall,u,\n", "row 2, column size: 'tall'"),
        ("size,colour,day\n1,u,2024-05-03\n1,u\n", "line 3: not 3 values"),
        ("size,size\n1,2\n", "two columns 'size'"),
        ("size,colour,day\n", "no rows"),
    ],
)
def test_what_is_wrong_in_a_file_is_said(
    text: str, message: str, state: State, tmp_path: Path
) -> None:
    (tmp_path / "b.csv").write_text(text)
    with pytest.raises(ProjectError, match=message):
        read_inputs(tmp_path / "b.csv", state)


def test_a_target_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="did you mean 'colour'"):
        load_data(Config(data=str(table(tmp_path / "a.csv")), target="color"))


def test_the_metric_agrees_with_torchmetrics() -> None:
    generator = torch.Generator().manual_seed(0)
    # {% if family == "regression" %}
    outputs, y = torch.randn(2, 100, 1, generator=generator)
    theirs = torchmetrics.MeanAbsoluteError()(outputs, y)
    # {% elif family == "binary" %}
    outputs = torch.randn(100, generator=generator)
    y = torch.randint(2, (100,), generator=generator).float()
    theirs = torchmetrics.Accuracy(task="binary")(outputs.sigmoid(), y.int())
    # {% else %}
    outputs = torch.randn(100, 3, generator=generator)
    y = torch.randint(3, (100,), generator=generator)
    theirs = torchmetrics.Accuracy(task="multiclass", num_classes=3)(outputs, y)
    # {% endif %}
    ours = METRIC.score(decide(outputs, state={}), y).mean()
    torch.testing.assert_close(ours, theirs)
