"""Hyperparameter search: its flags, ranges that change, and the axes of the plot."""

import pytest
from matplotlib.figure import Figure
from optuna.distributions import CategoricalDistribution, IntDistribution
from optuna.trial import create_trial

from package import search


@pytest.fixture
def study(config, tmp_path, monkeypatch):
    """Return a search with one trial, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    study = search.open_study(config)
    add_trial(study, config)
    return study


def add_trial(study, config):
    """Add a trial without training."""
    number, run, _ = search.ask(study, config)
    study.tell(number, 0.5)
    return run.name


def test_a_flag_of_a_hyperparameter_that_is_searched_is_refused():
    search.check_flags(["sweep", "--trials", "2", "--epochs=3", "--device", "lr"])
    for words in (["--lr", "0.5"], ["--batch-size=8"], ["--batch_size", "8"]):
        with pytest.raises(SystemExit, match=r"(lr|batch_size): chosen by"):
            search.check_flags(["sweep", *words])


def test_a_range_can_be_added_to_a_search(study, config, monkeypatch):
    suggest = search.suggest

    def suggest_more(trial):
        return suggest(trial) | {"seed": trial.suggest_int("seed", 1, 9)}

    monkeypatch.setattr(search, "suggest", suggest_more)
    add_trial(study, config)
    first, second = (trial.params.keys() for trial in study.get_trials())
    assert second - first == {"seed"}
    assert search.plot_study(study).exists()


def test_other_choices_are_refused_until_they_are_restored(study, config, monkeypatch):
    def choose(trial):
        return {"lr": trial.suggest_categorical("lr", [0.1, 0.2])}

    with monkeypatch.context() as patched:
        patched.setattr(search, "suggest", choose)
        with pytest.raises(SystemExit, match=r"^error: search.py: .*; restore"):
            search.ask(study, config)
    assert not search.find_interrupted(study, config)
    assert add_trial(study, config) == "002"
    assert search.count_finished(study) == 2


def plot(name, space, values):
    """Return the axes of the plot of a hyperparameter, and the x of each value."""
    trials = [
        create_trial(params={name: value}, distributions={name: space}, value=0.5)
        for value in values
    ]
    axes = Figure().subplots()
    search.plot_slice(axes, name, trials)
    return axes, [float(x) for x, _ in axes.collections[0].get_offsets()]


def test_the_plot_names_choices_in_sorted_order():
    space = CategoricalDistribution([None, 128, 32])
    axes, places = plot("batch_size", space, [128, None, 32])
    labels = [label.get_text() for label in axes.get_xticklabels()]
    assert labels == ["None", "32", "128"]
    assert places == [2, 0, 1]


def test_the_plot_has_numbers_at_their_values():
    axes, places = plot("hidden_units", IntDistribution(4, 64), [64, 4, 8])
    assert places == [64, 4, 8]
    assert axes.get_xscale() == "linear"
