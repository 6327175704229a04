"""Search for good hyperparameters; each trial is a run."""

import sys

from tyro.conf import OmitArgPrefixes

from .config import Config


def sweep(config: OmitArgPrefixes[Config], trials: int = 20) -> None:
    """Search for good hyperparameters, or continue to; each trial is a run."""
    # {% if "scale" in features %}
    from .distributed.elastic import launch_id

    if launch_id():
        raise SystemExit("error: sweep is one process; start it without torchrun")
    # {% endif %}
    from . import search  # imported here, so that --help need not load torch

    search.check_flags(sys.argv)
    with search.lock_folder():
        study = search.open_study(config)
        while (n := search.count_finished(study)) < trials:
            print(f"trial {n + 1} of {trials}: {search.run_trial(study, config)}")
    if not search.completed(study):
        how = "change the ranges in search.py, and move runs/sweep.db"
        raise SystemExit(f"error: every trial diverged; {how}")
    print(f"best: {search.describe(study.best_trial)}")
    print(f"saved plot: {search.plot_study(study)}")
