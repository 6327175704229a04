"""What an epoch costs against the number of rows; draws docs/rows.png."""

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
PATIENCE = 1_000_000  # rows that DataLoader is waited for
PICTURE = Path(__file__).parents[1] / "docs" / "rows.png"


def main() -> None:
    costs: dict[str, dict[int, float]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        project = new_project("circle", Path(scratch) / "project")
        for rows in ROWS:
            epochs = max(1, 500_000 // rows)
            for name, seconds in epoch(project, rows, epochs).items():
                costs.setdefault(name, {})[rows] = seconds / epochs
    draw(costs).savefig(PICTURE, dpi=80)
    print(f"picture: {PICTURE}")


def epoch(project: Project, rows: int, epochs: int) -> dict[str, float]:
    """Return the median seconds that `epochs` take, by loop."""
    work = table(project, rows, epochs)
    ways = {"generated": loops.generated, "bare loop": loops.bare}
    if rows <= PATIENCE:
        ways["DataLoader"] = loops.with_dataloader
    print(f"{rows} rows, {epochs} epochs:", end=" ")
    return medians(
        alternate({name: partial(way, work) for name, way in ways.items()}, ROUNDS)
    )


def draw(costs: dict[str, dict[int, float]]) -> Figure:
    """Return the seconds of an epoch against rows, a line for each loop."""
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    styles = {"generated": "o-", "bare loop": "x--", "DataLoader": "s:"}
    for name, line in costs.items():
        axes.loglog(list(line), list(line.values()), styles[name], label=name)
    axes.set(
        title=f"An epoch of {COLUMNS} columns, batch {BATCH}, on a CPU",
        xlabel="rows",
        ylabel="seconds of the processor",
    )
    axes.grid(alpha=0.3)
    axes.legend()
    return figure


if __name__ == "__main__":
    main()
