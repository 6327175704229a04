"""A table four times as large as the memory it may take: `make bench-training`.

What counts is anonymous memory. Mapped pages of the file count as resident too,
but the system takes them back whenever it likes.
"""

import tempfile
import threading
import time
from pathlib import Path
from typing import Self

import torch
from project import Project, new_project
from table import BATCH, COLUMNS, one_layer

LIMIT = 512 * 2**20  # bytes
ROWS = 4 * LIMIT // (4 * COLUMNS)


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        project = new_project("circle", Path(scratch) / "project")
        config = project.config.Config(batch_size=BATCH, optimizer="sgd", device="cpu")
        split = write_table(project, Path(scratch))
        model = one_layer()
        optimizer = project.train.build_optimizer(config, model)
        project.train.choose_surroundings(model, BATCH)
        begin = time.perf_counter()
        with Peak() as peak:
            progress = project.contract.Progress()
            project.engine.train_epoch(model, optimizer, split, config, progress)
        seconds = time.perf_counter() - begin
    size = split.x.nbytes
    print(f"a table of {size / 2**20:.0f} MiB, streamed from a file, one epoch")
    print(f"  {ROWS / seconds / 1e6:.2f} million rows a second")
    print(f"  {peak.bytes / 2**20:.0f} MiB of anonymous memory at most", end=" ")
    print(f"(promised: at most {LIMIT / 2**20:.0f}, a quarter of the table)")


def write_table(project: Project, folder: Path) -> object:
    """Write a made-up table piece by piece; return a split that stays in its file."""
    x = mapped(folder / "x.bin", ROWS * COLUMNS).view(ROWS, COLUMNS)
    y = mapped(folder / "y.bin", ROWS)
    for part, labels in zip(x.split(100_000), y.split(100_000), strict=True):
        labels.copy_(part.normal_().sum(dim=1) > 0)
    return project.contract.Mapped(x, y)


def mapped(path: Path, numbers: int) -> torch.Tensor:
    """Return a tensor that lies in a file, not in memory."""
    return torch.from_file(str(path), shared=True, size=numbers, dtype=torch.float32)


class Peak:
    """Watches, inside `with`, how much anonymous memory this process takes."""

    bytes = 0

    def __enter__(self) -> Self:
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()
        return self

    def watch(self) -> None:
        while not self.done.wait(0.01):
            self.bytes = max(self.bytes, anonymous())

    def __exit__(self, *exception: object) -> None:
        self.done.set()
        self.thread.join()


def anonymous() -> int:
    """Return the bytes of anonymous memory of this process; Linux only."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith("RssAnon"))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    main()
