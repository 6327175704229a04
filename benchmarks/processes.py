"""One process and two on a large table, beside bare DDP: `make bench-training`."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from project import write_project
from table import ROWS
from timing import Times, medians, say

SCRIPT = Path(__file__).parent / "scripts" / "table_together.py"


def main() -> None:
    """Measure both loops in one process, then in two that share every batch."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = write_project("circle", Path(scratch) / "project")
        times = {count: measure(folder, count) for count in (1, 2)}
    for count, found in times.items():
        print(f"{count} process(es), {ROWS} rows:", end=" ")
        for name, median in medians(found).items():
            print(f"  {name:<12} {ROWS / median / 1e6:.2f} million rows a second")
        say(found, "generated", "bare", "at most 1.05")
    say({"two": times[2]["generated"], "one": times[1]["generated"]}, "two", "one", "-")


def measure(folder: Path, processes: int) -> Times:
    """Return the seconds of epochs, by loop, in so many processes."""
    torchrun = ["-m", "torch.distributed.run", "--standalone"]
    command = [sys.executable, *torchrun, f"--nproc-per-node={processes}"]
    path = os.pathsep.join([str(SCRIPT.parents[1]), str(folder)])
    done = subprocess.run(
        [*command, str(SCRIPT), str(ROWS)],
        env=os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found: Times = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    main()
