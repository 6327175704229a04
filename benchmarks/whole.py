"""`train` of the task line, start to exit, beside scripts: `make bench-training`."""

import sys
import tempfile
from pathlib import Path

from project import PACKAGE, write_project
from timing import Command, measure, medians, run, say
from torch.testing import assert_close

ROUNDS = 7
SCRIPTS = Path(__file__).parent / "scripts"


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        project = {"PYTHONPATH": str(write_project("line", Path(scratch) / "project"))}
        train = [sys.executable, "-m", PACKAGE, "train"]
        commands = {
            "import torch": Command([sys.executable, "-c", "import torch"]),
            "generated": Command(train, project),
            "one file": Command([sys.executable, SCRIPTS / "line_alone.py"]),
            "Lightning": Command([sys.executable, SCRIPTS / "line_lightning.py"]),
        }
        work = Path(scratch) / "work"
        ends = []
        for name in ("generated", "one file"):
            run(commands[name], work)
            ends.append(last_metrics(work / "runs" / "001" / "metrics.csv"))
        assert_close(*ends)  # the same training
        times = measure(commands, work, ROUNDS)
    medians(times)
    say(times, "generated", "one file", "at most 1.1")
    say(times, "Lightning", "generated", "above 1")


def last_metrics(path: Path) -> list[float]:
    """Return the last row of a `metrics.csv`."""
    return [float(value) for value in path.read_text().splitlines()[-1].split(",")]


if __name__ == "__main__":
    main()
