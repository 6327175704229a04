"""k-fold cross-validation: train once for each fold, which is held out."""

import csv
import io
from contextlib import redirect_stdout
from statistics import mean, stdev

from tyro.conf import OmitArgPrefixes

from .config import Config


def kfold(config: OmitArgPrefixes[Config]) -> None:
    """Cross-validate: print mean and standard deviation of the metric over folds."""
    # {% if "scale" in features %}
    from .distributed.elastic import launch_id

    if launch_id():
        raise SystemExit("error: kfold is one process; start it without torchrun")
    # {% endif %}
    if config.fold:
        raise SystemExit("error: kfold trains each fold; --fold is a flag of train")
    from .loss import METRIC

    name = f"{{ 'validation' if validation else 'test' }}_{METRIC}"
    values = []
    for fold in range(1, config.folds + 1):
        run, metrics = train_fold(config.model_copy(update={"fold": fold}))
        values.append(float(metrics[name]))
        print(f"fold {fold} of {config.folds}: run {run}  {name} {values[-1]:.4g}")
    print(f"{name}: mean {mean(values):.4g}, standard deviation {stdev(values):.4g}")


def train_fold(config: Config) -> tuple[str, dict[str, str]]:
    """Train a run for the fold of the config; return its name and last metrics."""
    from . import checkpoint, train  # imported here, so that --help need not load torch

    with redirect_stdout(io.StringIO()):  # the progress bar is on stderr
        train.train(config)
    runs = (run for run in checkpoint.RUNS.glob("*") if run.name.isdecimal())
    run = max(runs, key=lambda run: int(run.name))
    rows = csv.DictReader((run / "metrics.csv").read_text().splitlines())
    return run.name, list(rows)[-1]
