"""The container image of the feature `docker`: linted, and its instructions executed.

No container engine is needed: a virtual environment stands for the image.
"""

import fnmatch
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest
from conftest import NAMES

from scaffold.catalog.plugins import find_feature, find_task
from scaffold.compose.recipe import Recipe
from scaffold.project.create import render_project, write_tree

SERVED = ("docker", "serve")


def write(folder: Path, task: str, *features: str) -> Path:
    """Write a project of a task with features into a folder."""
    plugins = (find_task(task), *map(find_feature, features))
    rendered = render_project(Recipe(plugins), {"project_name": "boxed"})
    write_tree(rendered.files, folder)
    return folder


@pytest.mark.parametrize("features", [("docker",), SERVED])
def test_hadolint_finds_nothing(features: tuple[str, ...], tmp_path: Path) -> None:
    write(tmp_path, "circle", *features)
    command = [Path(sys.executable).with_name("hadolint"), tmp_path / "Dockerfile"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == ""


def read_dockerfile(project: Path) -> list[tuple[str, str]]:
    """Return the instructions of a Dockerfile: name and arguments."""
    text = (project / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [tuple(line.split(maxsplit=1)) for line in lines]  # type: ignore[misc]


@pytest.mark.parametrize("task", NAMES)
def test_it_has_no_root_privileges_and_the_torch_of_the_project(
    task: str, tmp_path: Path
) -> None:
    instructions = read_dockerfile(write(tmp_path, task, "docker"))
    names = [name for name, _ in instructions]
    assert dict(instructions)["USER"] == "1000"
    assert names.index("USER") < names.index("COPY")
    requirement = re.search(r"'(torch\S+)'", dict(instructions[:4])["RUN"])
    assert requirement
    assert f'"{requirement[1]}"' in (tmp_path / "pyproject.toml").read_text()


class Image:
    """A virtual environment with the packages of this one, and a folder for COPY."""

    def __init__(self, home: Path) -> None:
        self.bin, self.folder = home / "venv" / "bin", home / "app"
        self.folder.mkdir()
        command = [sys.executable, "-m", "venv", "--without-pip", home / "venv"]
        subprocess.run(command, check=True)
        site = next((home / "venv").glob("lib/python*/site-packages"))
        (site / "outer.pth").write_text(sysconfig.get_path("purelib") + "\n")
        self.add_command("pip", 'exec python -m pip "$@"')
        self.add_command("useradd", "exit 0")  # it would add a user to this computer
        path = f"{self.bin}{os.pathsep}{os.environ['PATH']}"
        self.environment = {**os.environ, "PATH": path}
        self.environment.pop("PYTHONPATH", None)

    def add_command(self, name: str, line: str) -> None:
        (self.bin / name).write_text(f"#!/bin/sh\n{line}\n")
        (self.bin / name).chmod(0o755)

    def copy(self, project: Path) -> None:
        """Copy a project, but for what its .dockerignore names."""
        ignored = (project / ".dockerignore").read_text().split()
        patterns = [pattern.removeprefix("**/") for pattern in ignored]
        for path in project.iterdir():
            if not any(fnmatch.fnmatch(path.name, pattern) for pattern in patterns):
                copy = shutil.copytree if path.is_dir() else shutil.copy
                copy(path, self.folder / path.name)

    def build(self, project: Path) -> list[str]:
        """Execute the instructions; return the command of a container."""
        command: list[str] = []
        for name, arguments in read_dockerfile(project):
            if name == "ARG":
                key, _, value = arguments.partition("=")
                self.environment[key] = value
            elif name == "COPY":
                self.copy(project)
            elif name == "RUN":
                self.run(["sh", "-ec", arguments])
            elif name in ("ENTRYPOINT", "CMD"):
                command += json.loads(arguments)
        return command

    def run(self, command: list[str]) -> str:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def wait_for_page(port: int) -> str:
    """Return the page of a server as soon as it answers."""
    until = time.monotonic() + 60
    while True:
        with suppress(OSError):
            address = f"http://127.0.0.1:{port}/"
            return str(urllib.request.urlopen(address, timeout=5).read().decode())
        assert time.monotonic() < until, "the server does not answer"
        time.sleep(0.1)


@pytest.mark.slow
def test_its_instructions_give_a_project_that_trains_and_serves(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    project = write(tmp_path / "project", "circle", *SERVED)
    image = Image(tmp_path)
    *entrypoint, train = image.build(project)
    assert not (image.folder / "tests").exists()
    assert "saved plot: runs/001" in image.run([*entrypoint, train])
    assert "test_accuracy" in image.run([*entrypoint, "evaluate"])
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = ["serve", "--host", "0.0.0.0", "--port", str(port)]
    server = subprocess.Popen(
        [*entrypoint, *words], cwd=image.folder, env=image.environment
    )
    try:
        assert "<form" in wait_for_page(port)
    finally:
        server.terminate()
        server.wait(timeout=60)
