"""Tables, preprocessing and metric of this task."""

from pathlib import Path

import pytest
import torch

from package.config import Config
from package.data import (
    encode_inputs,
    make_datasets,
    split_rows,
)
from package.loss import loss_fn, metric_fn
from package.preprocessing import fit
from package.table import read_table

# {% if family == "regression" %}
TARGETS = [0.5 * number for number in range(30)]
# {% elif family == "binary" %}
TARGETS = ["yes", "no", "no"] * 10
# {% else %}
TARGETS = ["red", "green", "blue"] * 10
# {% endif %}


def write_table(path: Path) -> str:
    """Write a table of 30 rows with missing values in its first column."""
    lines = ["size,colour,day,y"]
    for row, target in enumerate(TARGETS):
        size = row * row % 19 if row % 3 else ""
        lines.append(f"{size},{'uvw'[row % 3]},2024-05-{row + 1:02},{target}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


@pytest.fixture
def config(tmp_path):
    return Config(data=write_table(tmp_path / "a.csv"), target="y")


def test_each_row_with_a_target_is_in_exactly_one_set():
    # {% if family == "regression" %}
    y = torch.arange(100.0).unsqueeze(dim=1)
    y[:10] = torch.nan
    # {% else %}
    y = torch.tensor([-1] * 10 + [0] * 30 + [1] * 60)
    # {% endif %}
    train, validation, test = split_rows(y, seed=1)
    assert sorted(train + validation + test) == list(range(10, 100))
    assert (len(train), len(validation), len(test)) == (54, 18, 18)


def test_only_the_training_set_is_fitted(config):
    table = read_table(Path(config.data))[["colour"]]
    columns = fit(table, {"colour": "category"}, rows=[0, 1, 3, 4])
    assert sorted(columns[0]["categories"]) == ["u", "v"]


def test_training_inputs_have_mean_0_and_standard_deviation_1(config):
    train_data, _, _, data_info = make_datasets(config)
    x = train_data.tensors[0]
    assert data_info["width"] == x.shape[1] == 2 + 4 + 1
    assert x[:, -1].mean().item() == pytest.approx(0, abs=1e-6)
    assert x[:, -1].std().item() == pytest.approx(1, abs=1e-6)


def test_columns_may_be_reordered_and_others_are_ignored(config):
    *_, data_info = make_datasets(config)
    row = {"size": "7.5", "colour": "u", "day": "2024-05-03"}
    other = {"day": "2024-05-03", "rank": "1", "colour": "u", "size": "7.5"}
    x = encode_inputs([row], data_info)
    assert torch.equal(x, encode_inputs([other], data_info))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"size": "1", "day": "2024-05-03"}, "missing columns: colour"),
        ({"size": "tall", "colour": "u", "day": ""}, "column size: 'tall'"),
    ],
)
def test_errors_name_the_column(row, message, config):
    *_, data_info = make_datasets(config)
    with pytest.raises(ValueError, match=message):
        encode_inputs([row], data_info)


def test_an_unknown_target_gets_a_suggestion(config):
    wrong = config.model_copy(update={"target": "color"})
    with pytest.raises(SystemExit, match="did you mean 'colour'"):
        make_datasets(wrong)


# {% if family == "regression" %}
def test_mae_is_the_mean_absolute_error():
    predictions, y = torch.tensor([[1.0], [2.0]]), torch.tensor([[0.0], [4.0]])
    assert metric_fn(predictions, y) == 1.5


# {% else %}
def test_accuracy_is_the_fraction_of_correct_predictions():
    assert metric_fn(torch.tensor([0, 1, 1, 1]), torch.tensor([0, 1, 0, 1])) == 0.75


# {% endif %}
### EXERCISE: loss
def test_the_loss_of_known_outputs():
    # {% if family == "regression" %}
    loss = loss_fn(torch.tensor([[1.0], [2.0]]), torch.tensor([[0.0], [4.0]]))
    torch.testing.assert_close(loss, torch.tensor(1.5))
    # {% elif family == "binary" %}
    loss = loss_fn(torch.zeros(4), torch.tensor([0.0, 1.0, 0.0, 1.0]))
    torch.testing.assert_close(loss, torch.tensor(2.0).log())
    # {% else %}
    loss = loss_fn(torch.zeros(3, 10), torch.tensor([0, 5, 9]))
    torch.testing.assert_close(loss, torch.tensor(10.0).log())
    # {% endif %}
