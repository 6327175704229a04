"""CPU time of an epoch against the number of rows; draws docs/rows.png."""

import tempfile
from functools import partial
from pathlib import Path

import loops
from matplotlib.figure import Figure
from project import Project, new_project
from table import BATCH, COLUMNS, table
from timing import alternate, medians

ROUNDS = 5
ROWS = [1_000, 10_000, 100_000, 1_000_000, 10_000_000]
DATALOADER_MAX_ROWS = 1_000_000  # it takes too long with more
PLOT = Path(__file__).parents[1] / "docs" / "rows.png"


def main() -> None:
    costs: dict[str, dict[int, float]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        project = new_project("circle", Path(scratch) / "project")
        for rows in ROWS:
            epochs = max(1, 500_000 // rows)
            for name, seconds in epoch(project, rows, epochs).items():
                costs.setdefault(name, {})[rows] = seconds / epochs
    draw(costs).savefig(PLOT, dpi=80)
    print(f"saved plot: {PLOT}")


def epoch(project: Project, rows: int, epochs: int) -> dict[str, float]:
    """Return the median seconds that `epochs` take, by loop."""
    work = table(project, rows, epochs)
    methods = {"generated": loops.generated, "bare loop": loops.bare}
    if rows <= DATALOADER_MAX_ROWS:
        methods["DataLoader"] = loops.with_dataloader
    print(f"{rows} rows, {epochs} epochs:", end=" ")
    return medians(
        alternate(
            {name: partial(method, work) for name, method in methods.items()}, ROUNDS
        )
    )


def draw(costs: dict[str, dict[int, float]]) -> Figure:
    """Return the seconds of an epoch against rows, a line for each loop."""
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    styles = {"generated": "o-", "bare loop": "x--", "DataLoader": "s:"}
    for name, line in costs.items():
        axes.loglog(list(line), list(line.values()), styles[name], label=name)
    axes.set(
        title=f"One epoch on a CPU: {COLUMNS} columns, batch size {BATCH}",
        xlabel="rows",
        ylabel="CPU seconds",
    )
    axes.grid(alpha=0.3)
    axes.legend()
    return figure


if __name__ == "__main__":
    main()
