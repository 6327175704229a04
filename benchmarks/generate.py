"""Whole processes of scaffold beside those of its peers: `make bench`.

Each round runs every command once, in turn, so that a slow moment of the machine hits
all alike. What is printed are medians over the rounds, and ratios of them.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from scaffold.plugins import find_task
from scaffold.project import draft, write_tree
from scaffold.recipe import Recipe

ROUNDS = 15
BIN = Path(sys.executable).parent


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        make_templates(home)
        commands = {
            "import click": [sys.executable, "-c", "import click"],
            "scaffold list": [BIN / "scaffold", "list"],
            "scaffold show": [BIN / "scaffold", "show", "circle"],
            "scaffold new": [
                BIN / "scaffold",
                "new",
                "out",
                *["--task", "circle", "--defaults"],
            ],
            "pyscaffold": [BIN / "putup", "out"],
            "cookiecutter": [BIN / "cookiecutter", "--no-input", home / "cookie"],
            "trainite": [BIN / "trainite", "init", "out"],
            "copier copy": [
                BIN / "copier",
                "copy",
                "--defaults",
                home / "copier",
                "out",
            ],
        }
        times = measure(commands, home / "work")
    report(times)


def make_templates(home: Path) -> None:
    """Write a Copier and a cookiecutter template with the files of the task circle."""
    drafted = draft(Recipe((find_task("circle"),)), {"project_name": "out"})
    write_tree(drafted.template, make(home / "copier"))
    cookie = make(home / "cookie" / "{{ cookiecutter.name }}")
    write_tree(drafted.files, cookie)
    (home / "cookie" / "cookiecutter.json").write_text('{"name": "out"}\n')


def make(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def measure(
    commands: dict[str, list[str | Path]], work: Path
) -> dict[str, list[float]]:
    """Return the seconds of every run, by command; the first round is a warm-up."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(ROUNDS + 1):
        for name, command in commands.items():
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir()
            begin = time.perf_counter()
            subprocess.run(command, cwd=work, check=True, capture_output=True)
            if number:
                times[name].append(time.perf_counter() - begin)
    return times


def report(times: dict[str, list[float]]) -> None:
    """Print the median of every command, and the ratios that are promised."""
    medians = {name: statistics.median(values) for name, values in times.items()}
    print(f"{ROUNDS} rounds, {os.cpu_count()} cores; medians in seconds")
    for name, median in medians.items():
        low, high = min(times[name]), max(times[name])
        print(f"  {name:<14} {median:.3f}  ({low:.3f} to {high:.3f})")
    ratio = medians["scaffold list"] / medians["import click"]
    print(f"scaffold list / import click: {ratio:.2f} (promised: at most 3)")
    for peer in ("pyscaffold", "cookiecutter", "trainite", "copier copy"):
        ratio = medians["scaffold new"] / medians[peer]
        print(f"scaffold new / {peer}: {ratio:.2f} (promised: below 1)")


if __name__ == "__main__":
    main()
