"""The runs side by side: what came out, and the settings in which they differ."""

import json
from pathlib import Path
from typing import Any

from ..errors import ProjectError
from ..objective import METRIC
from .history import read_rows
from .runs import numbered

BEST, LAST = f"best {METRIC.name}", f"last {METRIC.name}"


def compare(out: Path) -> list[str]:
    """Return a table as lines: a header, and a row for each run in `out`."""
    settings = {run: read_settings(run) for run in numbered(out)}
    if not settings:
        return [f"no runs in {out}; train first"]
    flags = differing(list(settings.values()))
    header = ["run", "epochs", BEST, LAST, "test_loss", *flags]
    rows = [
        [run.name, *results(run, known), *(known.get(flag, "?") for flag in flags)]
        for run, known in settings.items()
    ]
    return align([header, *rows])


def read_settings(run: Path) -> dict[str, Any]:
    """Return what `config.json` of a run says; nothing if it cannot be read."""
    try:
        settings = json.loads((run / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return settings if isinstance(settings, dict) else {}


def differing(settings: list[dict[str, Any]]) -> list[str]:
    """Return the settings in which runs differ, but for the number of epochs."""
    names = dict.fromkeys(name for known in settings for name in known)
    known = [one for one in settings if one]
    return [
        name
        for name in names
        if name != "epochs" and len({repr(one.get(name)) for one in known}) > 1
    ]


def results(run: Path, settings: dict[str, Any]) -> list[str]:
    """Return epochs, best and last metric and test loss of a run, as texts."""
    try:
        rows = read_rows(run / "metrics.csv")
        if not rows:
            return ["none yet", "-", "-", "-"]
        figures = [
            best(rows)[METRIC.name],
            rows[-1][METRIC.name],
            rows[-1]["test_loss"],
        ]
        shown = [f"{float(figure):.4f}" for figure in figures]
    except (ProjectError, OSError, KeyError, ValueError):
        return ["damaged", "-", "-", "-"]
    wanted = settings.get("epochs", len(rows))
    return [str(wanted) if wanted == len(rows) else f"{len(rows)} of {wanted}", *shown]


def best(rows: list[dict[str, str]]) -> dict[str, str]:
    """Return the row of the best epoch: by the validation part, if there is one."""
    if "validation_loss" in rows[0]:
        return min(rows, key=lambda row: float(row["validation_loss"]))
    choose = max if METRIC.higher_is_better else min
    return choose(rows, key=lambda row: float(row[METRIC.name]))


def align(rows: list[list[object]]) -> list[str]:
    """Return the rows as lines, each column as wide as its widest cell."""
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in texts]
