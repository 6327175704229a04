"""Tables and preprocessing of this task."""

from pathlib import Path

import polars as pl
import pytest
import torch

from package import checkpoint, data
from package.config import Config
from package.preprocessing import fit_transform
from package.report import columns, save_columns

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


def test_only_the_training_set_is_fitted():
    table = {"size": pl.Series([1.0, 3.0, 99.0]), "colour": pl.Series(["u", "u", "v"])}
    kinds = {"size": "number", "colour": "category"}
    columns = [{"name": name, "kind": kind} for name, kind in kinds.items()]
    x, fitted = fit_transform(table, columns, train=[0, 1])
    assert fitted["input_names"] == ["numbers__0", "categories__1_u"]
    assert x.tolist() == [[-1, 1], [1, 1], [97, 0]]


def test_the_columns_command_names_what_is_dropped(config, capsys):
    columns(config.model_copy(update={"drop": "size", "read_as": "day=category"}))
    assert "dropped: --drop" in capsys.readouterr().out


def test_the_columns_are_saved_with_the_run(config, tmp_path, capsys):
    save_columns(tmp_path, data.make_datasets(config)[-1])
    text = (tmp_path / "columns.txt").read_text()
    assert text.splitlines()[2].startswith("colour  category")
    assert text in capsys.readouterr().out


def test_values_that_training_had_not_are_named(config, capsys):
    *_, data_info = data.make_datasets(config)
    row = {"size": "", "colour": "pink", "day": ""}
    data.encode_inputs([row, row], data_info)
    printed = capsys.readouterr().err
    assert "note: colour: 'pink' not seen in training, or rarely; 2 rows" in printed
    assert "note: day: missing in 2 rows; the mean is used" in printed
    assert "note: size" not in printed


def test_files_and_json_values_are_encoded_alike(config, tmp_path):
    *_, data_info = data.make_datasets(config)
    row = {"size": 7.5, "colour": "u", "day": "2024-05-03"}
    pl.DataFrame([row]).write_parquet(tmp_path / "a.parquet")
    pl.DataFrame([row]).write_csv(tmp_path / "a.csv", separator=";")
    x = data.encode_inputs([row], data_info)
    for path in (tmp_path / "a.parquet", tmp_path / "a.csv"):
        assert torch.equal(x, data.encode_inputs(data.read_rows(path), data_info))
    rows = data.parse_rows(["size|colour|day\n", "7.5|u|2024-05-03\n"])
    assert torch.equal(x, data.encode_inputs(rows, data_info))


### EXERCISE: data
def test_training_inputs_have_mean_0_and_standard_deviation_1(config):
    train_data, _, _, data_info = data.make_datasets(config)
    x = train_data.tensors[0]
    assert data_info["width"] == x.shape[1] == 2 + 1 + 4 + 3
    day = x[:, 1]
    message = "fit the preprocessing to the training set: splits[0]"
    assert day.mean().item() == pytest.approx(0, abs=1e-6), message
    assert day.std(correction=0).item() == pytest.approx(1, abs=1e-6), message


def test_columns_may_be_reordered_and_others_are_ignored(config):
    *_, data_info = data.make_datasets(config)
    row = {"size": "7.5", "colour": "u", "day": "2024-05-03"}
    other = {"day": "2024-05-03", "rank": "1", "colour": "u", "size": "7.5"}
    x = data.encode_inputs([row], data_info)
    assert torch.equal(x, data.encode_inputs([other], data_info))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"size": "1", "day": "2024-05-03"}, "missing columns: colour"),
        (
            {"size": "tall", "colour": "u", "day": "1/2/24"},
            "row 1, column size: 'tall'",
        ),
    ],
)
def test_errors_name_the_column(row, message, config):
    *_, data_info = data.make_datasets(config)
    with pytest.raises(ValueError, match=message):
        data.encode_inputs([row], data_info)


def test_a_table_that_has_changed_since_training_is_refused(config, tmp_path):
    checkpoint.save_data_info(tmp_path, data.make_datasets(config)[-1])
    checkpoint.check_data(tmp_path, data.make_datasets(config)[-1])
    lines = Path(config.data).read_text(encoding="utf-8").splitlines()
    Path(config.data).write_text("\n".join(lines[:-1]), encoding="utf-8")
    with pytest.raises(SystemExit, match="the table has changed since"):
        checkpoint.check_data(tmp_path, data.make_datasets(config)[-1])


# {% if family == "regression" %}
### EXERCISE: model
def test_an_untrained_model_predicts_values_near_the_mean_of_the_target(config, model):
    train_data, *_, data_info = data.make_datasets(config)
    outputs = model(train_data.tensors[0])
    difference = abs(outputs.mean() - data_info["mean"])
    message = "outputs must have the units of the target: * self.std + self.mean"
    assert difference < data_info["std"], message


# {% else %}
def test_a_frequent_class_is_pointed_out(tmp_path, capsys):
    data_info = {"report": [], "classes": ["no", "yes"], "counts": [95, 5]}
    save_columns(tmp_path, data_info)
    assert "95% of the rows are 'no'; see --class-weights" in capsys.readouterr().out
    save_columns(tmp_path, data_info | {"counts": [5, 5]})
    assert "class-weights" not in capsys.readouterr().out


# {% endif %}
def test_an_unknown_target_gets_a_suggestion(config):
    wrong = config.model_copy(update={"target": "color"})
    with pytest.raises(SystemExit, match="did you mean 'colour'"):
        data.make_datasets(wrong)
