"""The search space, and the trials of a search with Optuna."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from itertools import accumulate
from pathlib import Path
from typing import Any

import optuna
from filelock import FileLock, Timeout
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from optuna.distributions import CategoricalDistribution
from optuna.trial import FrozenTrial, TrialState

from . import train
from .checkpoint import RUNS, prepare_run
from .config import Config

LOSS = "{{ 'validation' if validation else 'test' }}_loss"

optuna.logging.set_verbosity(optuna.logging.WARNING)


def suggest(trial: optuna.Trial) -> dict[str, Any]:
    """Return the hyperparameters of a trial: add any field of Config here."""
    return {
        # why: log, because the ratio of two learning rates matters, not the difference.
        "lr": trial.suggest_float("lr", 1e-4, 1e-1, log=True),
        "optimizer": trial.suggest_categorical("optimizer", ["sgd", "adam"]),
        "batch_size": trial.suggest_categorical("batch_size", [32, 64, 128]),
    }


def check_flags(words: list[str]) -> None:
    """Exit if a flag sets a hyperparameter that is searched."""
    flags = (word.partition("=")[0] for word in words if word.startswith("--"))
    given = {flag.lstrip("-").replace("-", "_") for flag in flags}
    searched = suggest(optuna.create_study().ask())  # a study in memory
    if names := ", ".join(sorted(given & searched.keys())):
        raise SystemExit(
            f"error: {names}: chosen by the search; set the range in search.py"
        )


@contextmanager
def lock_folder() -> Iterator[None]:
    """Exit if another search is running here: it would share an unfinished trial."""
    try:
        with FileLock(RUNS / "sweep.lock", timeout=0):
            yield
    except Timeout as error:
        raise SystemExit("error: a search is running here; wait for its end") from error


def open_study(config: Config) -> optuna.Study:
    """Return the search that runs/sweep.db has, or a new one."""
    RUNS.mkdir(exist_ok=True)
    path = RUNS / "sweep.db"
    study = optuna.create_study(
        study_name="sweep", storage=f"sqlite:///{path}", load_if_exists=True
    )
    fixed = config.model_dump()
    if study.user_attrs.get("config", fixed) != fixed:
        raise SystemExit(f"error: {path} began with other flags; use them, or move it")
    study.set_user_attr("config", fixed)
    return study


def run_trial(study: optuna.Study, config: Config) -> str:
    """Train the next trial, or finish an interrupted one; return its results."""
    number, run, config = find_interrupted(study, config) or ask(study, config)
    loss = train_quietly(config, run)
    study.tell(number, loss, state=None if loss is not None else TrialState.FAIL)
    return describe(study.get_trials()[number])


def ask(study: optuna.Study, config: Config) -> tuple[int, Path, Config]:
    """Return number, run and config of a new trial."""
    # why: a seed for each trial. With one for the process, a search that is continued
    # would try the same values again.
    seed = config.seed + count_finished(study)
    study.sampler = optuna.samplers.TPESampler(seed=seed)
    trial = study.ask()
    try:
        params = suggest(trial)
    except ValueError as error:  # other choices, or another type, than before
        how = f"restore the ranges, or move {RUNS / 'sweep.db'}"
        raise SystemExit(
            f"error: search.py: {str(error).rstrip('.')}; {how}"
        ) from error
    config = Config(**config.model_dump() | params)
    run = prepare_run(config)
    trial.set_user_attr("run", run.name)
    return trial.number, run, config


def find_interrupted(
    study: optuna.Study, config: Config
) -> tuple[int, Path, Config] | None:
    """Return number, run and config of an interrupted trial, if there is one."""
    for trial in study.get_trials(states=[TrialState.RUNNING]):
        if "run" in trial.user_attrs:
            config = Config(**config.model_dump() | trial.params)
            return trial.number, RUNS / trial.user_attrs["run"], config
        study.tell(trial.number, state=TrialState.FAIL)  # it has no run yet
    return None


def train_quietly(config: Config, run: Path) -> float | None:
    """Train or resume a run; return its loss, or None if training diverged."""
    try:
        with redirect_stdout(io.StringIO()):  # the progress bar is on stderr
            train.train(config, run)
    except SystemExit as error:
        if "NaN" not in str(error):
            raise
        return None
    rows = csv.DictReader((run / "metrics.csv").read_text().splitlines())
    # {% if validation %}
    return min(float(row[LOSS]) for row in rows)  # that of best.pt
    # {% else %}
    return [float(row[LOSS]) for row in rows][-1]
    # {% endif %}


def count_finished(study: optuna.Study) -> int:
    """Return the number of runs that are complete or have diverged."""
    trials = study.get_trials(deepcopy=False)
    return sum(t.state.is_finished() and "run" in t.user_attrs for t in trials)


def completed(study: optuna.Study) -> list[FrozenTrial]:
    """Return the trials that have a loss."""
    return study.get_trials(states=[TrialState.COMPLETE])


def describe(trial: FrozenTrial) -> str:
    """Return run, loss and hyperparameters of a trial as text."""
    loss = "diverged" if trial.value is None else f"{LOSS} {trial.value:.4g}"
    params = "  ".join(f"{name} {value}" for name, value in trial.params.items())
    return f"run {trial.user_attrs.get('run')}  {loss}  {params}"


def plot_study(study: optuna.Study) -> Path:
    """Plot the loss of each trial, and against each hyperparameter."""
    trials = completed(study)
    losses = [trial.value for trial in trials]
    # why: a range that was added to `suggest` later is missing in the trials before.
    names = list(dict.fromkeys(name for trial in trials for name in trial.params))
    figure = Figure(figsize=(4 * len(names) + 4, 4), layout="constrained")
    history, *slices = figure.subplots(1, len(names) + 1, sharey=True)
    numbers = [trial.number + 1 for trial in trials]
    history.scatter(numbers, losses, label="trial")
    history.step(numbers, list(accumulate(losses, min)), where="post", label="best")
    history.set(xlabel="trial", ylabel=LOSS, title="Hyperparameter search")
    history.legend()
    for name, axes in zip(names, slices, strict=True):
        plot_slice(axes, name, trials)
    figure.savefig(RUNS / "sweep.png", dpi=120)
    return RUNS / "sweep.png"


def plot_slice(axes: Axes, name: str, trials: list[FrozenTrial]) -> None:
    """Plot the loss against a hyperparameter; choices are in sorted order."""
    trials = [trial for trial in trials if name in trial.params]
    values, losses = zip(*((t.params[name], t.value) for t in trials), strict=True)
    space = trials[-1].distributions[name]
    if isinstance(space, CategoricalDistribution):
        choices = sorted(set(values), key=lambda value: (str(type(value)), value))
        axes.set_xticks(range(len(choices)), map(str, choices))
        values = tuple(map(choices.index, values))
    elif space.log:
        axes.set_xscale("log")
    axes.scatter(values, losses)
    axes.set_xlabel(name)
