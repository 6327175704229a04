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
IN_WRITE = """
import os, signal, sys
from pathlib import Path

class Doomed:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)

class Name:
    def __set_name__(self, owner, name):
        os.kill(os.getpid(), signal.SIGTERM)

def write(path, data, write_bytes=Path.write_bytes):
    if path.name == "train.py":
        exec(place)
    return write_bytes(path, data)

Path.write_bytes = write
place = sys.argv.pop()
from scaffold.__main__ import main
main()
"""
# What comes before, the start of Python, is not scaffold's.
STARTED = "from scaffold.__main__ import main, os; os.write(1, b'.'); main()"
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


@pytest.mark.parametrize("place", ["Doomed()", "import doomed"])
def test_a_signal_where_exceptions_are_lost_is_not_lost(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, home = tmp_path / "site", tmp_path / "home"
    for folder in (site, home):
        folder.mkdir()
    module = "from __main__ import Name\nclass Doomed:\n    x = Name()\n"
    (site / "doomed.py").write_text(module)
    path = os.environ.get("PYTHONPATH", "")
    monkeypatch.setenv("PYTHONPATH", f"{site}{os.pathsep}{path}")
    done = run_python("-c", IN_WRITE, *NEW, place, folder=home)
    assert done.code == CODES[signal.SIGTERM]
    assert done.err.startswith("Error: interrupted; ")
    assert done.err.count("\n") == 1
    assert not list(home.iterdir())


@pytest.mark.slow
def test_a_signal_at_any_time_prints_one_line_and_leaves_a_project_or_nothing(
    tmp_path: Path,
) -> None:
    chance = random.Random(0)
    ends: set[int] = set()
    start = time.monotonic()
    assert run_python("-m", "scaffold", *NEW, folder=tmp_path).code == 0
    duration = time.monotonic() - start
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
        time.sleep(chance.uniform(0.005, 1.2 * duration))
        number = chance.choice([*CODES])
        process.send_signal(number)
        _, printed = process.communicate()
        assert process.returncode in {0, CODES[number]}, printed
        assert printed.count("\n") == bool(process.returncode), printed
        left = [path.name for path in folder.iterdir()]
        assert left == ["x"] or (process.returncode and not left)
        assert not left or (folder / "x" / "pyproject.toml").exists()
        ends.add(process.returncode)
    assert ends == {0, *CODES.values()}
