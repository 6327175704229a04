"""Hyperparameter search: trials are runs, and an interrupted search continues."""

import pytest
from optuna.trial import TrialState

from package import search, train
from package.checkpoint import load_run
from package.sweep import sweep


@pytest.fixture
def quick(config, tmp_path, monkeypatch):
    """Return a config for short trials, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return config.model_copy(update={"epochs": 1})


def list_trials(config):
    """Return the hyperparameters of each trial, the runs, and the states."""
    trials = search.open_study(config).get_trials()
    runs = [trial.user_attrs["run"] for trial in trials]
    return [t.params for t in trials], runs, {trial.state for trial in trials}


def test_each_trial_is_a_run_with_its_hyperparameters(quick, capsys):
    sweep(quick, trials=2)
    params, runs, states = list_trials(quick)
    assert (runs, states) == (["001", "002"], {TrialState.COMPLETE})
    for number, expected in enumerate(params, start=1):
        assert load_run(number)[1].model_dump().items() >= expected.items()
    assert params[0] != params[1]
    lines = capsys.readouterr().out.splitlines()
    assert lines[-3].startswith("trial 2 of 2: run 002")
    assert lines[-2].startswith("best: run 00")
    assert (search.RUNS / "sweep.png").exists()


def test_an_interrupted_search_continues_with_the_interrupted_trial(
    quick, tmp_path, monkeypatch
):
    sweep(quick, trials=3)
    whole = list_trials(quick)
    (tmp_path / "again").mkdir()
    monkeypatch.chdir(tmp_path / "again")
    evaluations = iter(range(9))
    evaluate = train.evaluate

    def interrupted(*arguments):
        if next(evaluations) == 1:
            raise KeyboardInterrupt
        return evaluate(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(train, "evaluate", interrupted)
        with pytest.raises(KeyboardInterrupt):
            sweep(quick, trials=3)
    sweep(quick, trials=3)
    assert list_trials(quick) == whole


def test_a_trial_that_diverges_does_not_end_the_search(quick, monkeypatch, capsys):
    losses, train_epoch = iter([float("nan")]), train.train_epoch

    def diverge_once(*arguments):
        return next(losses, train_epoch(*arguments))

    monkeypatch.setattr(train, "train_epoch", diverge_once)
    sweep(quick, trials=2)
    assert list_trials(quick)[2] == {TrialState.FAIL, TrialState.COMPLETE}
    assert "trial 1 of 2: run 001  diverged" in capsys.readouterr().out


def test_a_search_of_which_every_trial_diverged_says_how_to_begin_anew(
    quick, monkeypatch
):
    monkeypatch.setattr(train, "train_epoch", lambda *arguments: float("nan"))
    with pytest.raises(SystemExit, match=r"in search\.py, and move"):
        sweep(quick, trials=1)


def test_a_search_with_other_flags_is_not_continued(quick):
    search.open_study(quick)
    with pytest.raises(SystemExit, match="began with other flags"):
        search.open_study(quick.model_copy(update={"epochs": 2}))


def test_a_second_search_beside_a_running_one_is_refused(quick):
    with search.lock_folder(), pytest.raises(SystemExit, match="a search is running"):
        sweep(quick, trials=1)
    assert not list(search.RUNS.glob("0*"))
