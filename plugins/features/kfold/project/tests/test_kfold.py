"""Cross-validation: each example is held out once, and each fold is a run."""

import pytest
import torch

from package.folds import split_fold
from package.kfold import kfold
from package.train import train


def folds_of(datasets, config, number=4):
    update = {"folds": number}
    configs = (
        config.model_copy(update=update | {"fold": i + 1}) for i in range(number)
    )
    return [split_fold(config, *datasets) for config in configs]


def test_each_example_is_held_out_once_and_trained_on_otherwise(config, datasets):
    x = torch.cat([dataset[:][0] for dataset in datasets[:-1]])
    folds = folds_of(datasets[:-1], config)
    held_out = torch.cat([fold[:][0] for _, fold in folds])
    for part in [held_out, *(torch.cat([a[:][0], b[:][0]]) for a, b in folds)]:
        assert len(part) == len(x)
        assert part.sum().item() == pytest.approx(x.sum().item(), abs=0.1)


# {% if family in ("binary", "multiclass") %}
def test_each_fold_has_the_same_class_proportions(config, datasets):
    y = torch.cat([dataset[:][1] for dataset in datasets[:-1]])
    expected = y.long().bincount() / len(y)
    for _, held_out in folds_of(datasets[:-1], config):
        found = held_out[:][1].long().bincount(minlength=len(expected)) / len(held_out)
        torch.testing.assert_close(found, expected, rtol=0, atol=1 / len(held_out))


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
