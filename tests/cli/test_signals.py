"""A signal ends a command with one line and its exit code, whenever it comes."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import run_python

NEW = ("new", "x", "--task", "circle", "--defaults")
IN_IMPORT = """
import os, sys
module, number = sys.argv[1], int(sys.argv[2])

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == module:
            os.kill(os.getpid(), number)

sys.meta_path.insert(0, Finder())
del sys.argv[1:3]
from scaffold.__main__ import main
main()
"""
IN_DEL = """
import os, signal
from pathlib import Path

class Doomed:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)

def write(path, data, write_bytes=Path.write_bytes):
    if path.name == "train.py":
        Doomed()
    return write_bytes(path, data)

Path.write_bytes = write
from scaffold.__main__ import main
main()
"""
STARTED = "import re, os; os.write(1, b'.'); from scaffold.__main__ import main; main()"
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}


@pytest.mark.parametrize("number", CODES)
@pytest.mark.parametrize(
    "module",
    ["scaffold.cli", "click", "scaffold.cli.new", "scaffold.project", "jinja2"],
)
def test_a_signal_during_an_import_prints_one_line(
    module: str, number: signal.Signals, tmp_path: Path
) -> None:
    words = (module, str(int(number)), *NEW)
    done = run_python("-c", IN_IMPORT, *words, folder=tmp_path)
    assert done.code == CODES[number]
    assert done.err.startswith("Error: interrupted; ")
    assert done.err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_signal_where_python_ignores_exceptions_is_not_lost(tmp_path: Path) -> None:
    done = run_python("-c", IN_DEL, *NEW, folder=tmp_path)
    assert done.code == CODES[signal.SIGTERM]
    assert done.err.startswith("Error: interrupted; ")
    assert done.err.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_a_signal_at_any_time_prints_one_line_and_leaves_a_project_or_nothing(
    tmp_path: Path,
) -> None:
    chance = random.Random(0)
    ends: set[int] = set()
    for run in range(200):
        folder = tmp_path / str(run)
        folder.mkdir()
        process = subprocess.Popen(
            [sys.executable, "-c", STARTED, *NEW],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout
        os.read(process.stdout.fileno(), 1)
        # The first milliseconds pass before any code of scaffold runs.
        time.sleep(chance.uniform(0.02, 0.4))
        number = chance.choice([*CODES])
        process.send_signal(number)
        _, printed = process.communicate()
        assert process.returncode in {0, CODES[number]}, printed
        assert printed.count("\n") == bool(process.returncode), printed
        left = ["x"] if process.returncode == 0 else []
        assert [path.name for path in folder.iterdir()] == left
        ends.add(process.returncode)
    assert ends == {0, *CODES.values()}
