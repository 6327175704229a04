"""Cross-validation: each example is held out once, and each fold is a run."""

import pytest
import torch
from torch.utils.data import TensorDataset

from package.folds import split_fold
from package.kfold import kfold
from package.train import train


def make_data(n_rare=12):
    """Return 40 examples, the first of which belong to one class or target."""
    y = torch.arange(40) >= n_rare
    # {% if family == "multiclass" %}
    y = y.long()
    # {% else %}
    y = y.float()
    # {% endif %}
    return TensorDataset(torch.arange(40.0), y)


def folds_of(config, data, number=4):
    """Return what to train on and what is held out, for each fold."""
    update = {"folds": number}
    configs = (
        config.model_copy(update=update | {"fold": i + 1}) for i in range(number)
    )
    parts = [TensorDataset(*data[:25]), TensorDataset(*data[25:])]
    return [split_fold(config, *parts) for config in configs]


def test_each_example_is_held_out_once_and_trained_on_otherwise(config):
    folds = folds_of(config, make_data())
    held_out = torch.cat([fold[:][0] for _, fold in folds])
    for part in [held_out, *(torch.cat([a[:][0], b[:][0]]) for a, b in folds)]:
        assert sorted(part.tolist()) == list(range(40))


# {% if family in ("binary", "multiclass") %}
def test_each_fold_has_the_same_class_proportions(config):
    for _, held_out in folds_of(config, make_data()):
        assert held_out[:][1].long().bincount().tolist() == [3, 7]


def test_a_class_with_fewer_examples_than_folds_gets_one_warning(config, capsys):
    folds_of(config, make_data(n_rare=3))
    assert capsys.readouterr().err == (
        "warning: a class has only 3 examples: not in each of 4 folds\n"
    )


# {% endif %}
def test_the_command_prints_the_metric_of_each_fold_and_their_mean(
    config, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    kfold(config.model_copy(update={"epochs": 1, "folds": 3}))
    *folds, last = capsys.readouterr().out.splitlines()
    values = [float(line.split()[-1]) for line in folds]
    assert [line.split()[:6] for line in folds] == [
        ["fold", f"{i}", "of", "3:", "run", f"00{i}"] for i in (1, 2, 3)
    ]
    found = float(last.split("mean ")[1].split(",")[0])
    assert found == pytest.approx(sum(values) / 3, rel=1e-3)


def test_a_fold_that_does_not_exist_is_refused(config, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for update in ({"fold": 6}, {"fold": 1, "folds": 10**6}):
        with pytest.raises(SystemExit, match=r"^error: .*(no fold 6 of 5|splits)"):
            train(config.model_copy(update=update))
    # {% if "scale" not in features %}
    assert not list(tmp_path.iterdir())
    # {% endif %}


def test_the_command_refuses_to_train_one_fold(config):
    with pytest.raises(SystemExit, match="--fold is a flag of train"):
        kfold(config.model_copy(update={"fold": 1}))
