"""Shared fixtures: the command line in this process, and one project per task."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from warm import run_module

from scaffold.catalog.plugins import valid_plugins
from scaffold.cli import main

pytest_plugins = ["updates"]  # the fixture `world`
collect_ignore = ["plugins"]  # their tests are part of generated projects

TASKS, FEATURES = valid_plugins("task"), valid_plugins("feature")
NAMES = [plugin.name for plugin in TASKS]

# The configuration of the user must not influence the tests.
os.environ |= {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    # One thread for each process of torch: tests run side by side, and threads that
    # wait for each other make small models twenty times slower.
    "OMP_NUM_THREADS": "1",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
}


class Done(NamedTuple):
    """Exit code and output of a command."""

    code: int
    out: str
    err: str


@pytest.fixture
def scaffold(capfd: pytest.CaptureFixture[str]) -> Iterator[Callable[..., Done]]:
    """Return a function that runs `scaffold` with arguments, in this process."""
    handlers = {number: signal.getsignal(number) for number in (2, 15)}

    def run(*words: str | Path) -> Done:
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        code = ended.value.code
        assert isinstance(code, int)
        return Done(code, *capfd.readouterr())

    yield run
    for number, handler in handlers.items():
        signal.signal(number, handler)


def run_python(*words: str | Path, folder: Path) -> Done:
    """Run this Python with arguments in a folder."""
    arguments = list(map(str, words))
    if arguments[0] == "-m" and arguments[1] != "scaffold":
        return Done(*run_module(arguments[1:], folder))
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    return Done(done.returncode, done.stdout, done.stderr)


class Project(NamedTuple):
    """A generated project, trained once with its defaults."""

    folder: Path
    package: str
    training: Done


def make_project(home: Path, name: str, words: Sequence[str]) -> Path:
    """Create a project with defaults in a subprocess, and return its folder."""
    done = run_python("-m", "scaffold", "new", name, *words, "--defaults", folder=home)
    assert done.code == 0, done.err
    return home / name


@pytest.fixture(scope="session", params=NAMES)
def project(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Project:
    """Return the project of each task, created and trained once for all tests."""
    task = str(request.param)
    folder = make_project(tmp_path_factory.mktemp(task), f"my-{task}", ["--task", task])
    package = folder.name.replace("-", "_")
    training = run_python("-m", package, "train", "--device", "cpu", folder=folder)
    assert training.code == 0, training.err
    return Project(folder, package, training)


def read_all(root: Path) -> dict[str, bytes]:
    """Return the content of every file below a folder, by relative path."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }
