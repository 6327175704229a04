"""`scaffold update` killed at any time: nothing is lost, and it can be undone."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest
from test_update_properties import State, put_beside, run, state
from updates import NOTES, Rings, commit, git, make_rings, replace

ALONE, GROUP = os.kill, os.killpg  # Git at work may end by itself, or die as well
JOURNAL = ".git/scaffold-update-.json"


class Scene(NamedTuple):
    """An edited project, a new version of its task, and the result of the update."""

    project: Path
    rings: Rings
    before: State
    after: State

    @property
    def words(self) -> tuple[str | Path, ...]:
        """What follows `scaffold`: many files change, and one in conflict."""
        known = ("--plugin", self.rings.folder)
        return "update", self.project, *known, "--set", "comments=brief"

    def start(self, *words: str | Path) -> subprocess.Popen[bytes]:
        """Run a command of scaffold as a process of its own, with its own group."""
        command = [sys.executable, "-m", "scaffold", *words]
        quiet = subprocess.DEVNULL
        return subprocess.Popen(
            command, stdout=quiet, stderr=quiet, start_new_session=True
        )


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    rings, project = make_rings(tmp_path), tmp_path / "mine"
    words = ("--task", "rings", "--defaults", "--plugin", rings.folder)
    assert run("new", project, *words)[0] == 0
    shutil.rmtree(project / ".git" / "hooks")
    replace(project / NOTES, "line 3\n", "my line 3\n")
    replace(project / "mine" / "train.py", "import torch\n", "import torch  # mine\n")
    commit(project)
    replace(rings.overlay / NOTES, "line 3\n", "their line 3\n")
    rings.write("docs/new.md", "new\n")
    rings.release("0.2.0")
    put_beside(project, ["notes.txt", "runs/model.pt"])
    before = state(project)
    scene = Scene(project, rings, before, before)
    assert run(*scene.words)[0] == 4
    after = state(project)
    assert run("update", project, "--abort")[0] == 0
    assert state(project) == before
    return scene._replace(after=after)


def strike(process: subprocess.Popen[bytes], kill: object) -> None:
    """Kill a process or its group, if it is still running."""
    assert callable(kill)
    if process.poll() is None:
        kill(process.pid, signal.SIGKILL)
    process.wait()


def put_right(scene: Scene) -> str:
    """Assert that a killed update can be undone; return the state that it left."""
    found = state(scene.project)
    left = (scene.project / JOURNAL).exists()
    # `--abort` comes as a process of its own, as it would.
    code = scene.start("update", scene.project, "--abort").wait()
    assert code == (0 if left else 1)
    assert state(scene.project) == scene.before
    assert git(scene.project, "fsck", "--no-dangling") == ""
    if found == scene.before:
        return "untouched"
    return "updated" if found == scene.after else "restored"


def kill_at_random(scene: Scene, kill: object, moment: float) -> str:
    """Kill an update `moment` seconds after its start."""
    process = scene.start(*scene.words)
    time.sleep(moment)
    strike(process, kill)
    return put_right(scene)


def kill_in_the_move(scene: Scene, kill: object, moment: float) -> str:
    """Kill an update `moment` seconds after it wrote its journal."""
    process = scene.start(*scene.words)
    while process.poll() is None and not (scene.project / JOURNAL).exists():
        pass
    time.sleep(moment)
    strike(process, kill)
    return put_right(scene)


def kill_the_way_back(scene: Scene, kill: object, moment: float) -> None:
    """Kill an abort `moment` seconds after its start."""
    assert run(*scene.words)[0] == 4
    process = scene.start("update", scene.project, "--abort")
    time.sleep(moment)
    strike(process, kill)
    put_right(scene)


def seconds(scene: Scene, *words: str | Path) -> float:
    """Return the duration of a command that is not killed."""
    begin = time.perf_counter()
    scene.start(*words).wait()
    return time.perf_counter() - begin


def test_a_killed_update_is_complete_or_can_be_undone(
    scene: Scene,
) -> None:
    for kill in (ALONE, GROUP):
        assert kill_at_random(scene, kill, 0.3)
        assert kill_in_the_move(scene, kill, 0.005)
    kill_the_way_back(scene, GROUP, 0.2)
    assert run(*scene.words)[0] == 4
    assert state(scene.project) == scene.after


@pytest.mark.slow
def test_nothing_is_lost_in_150_kills(scene: Scene) -> None:
    chance = random.Random(0)
    whole = 0.0
    for _ in range(5):
        whole = max(whole, seconds(scene, *scene.words))
        put_right(scene)
    anywhere: Counter[str] = Counter()
    inside: Counter[str] = Counter()
    for number in range(100):
        kill = (ALONE, GROUP)[number % 2]
        anywhere[kill_at_random(scene, kill, chance.uniform(0, whole))] += 1
    for number in range(50):
        kill = (ALONE, GROUP)[number % 2]
        inside[kill_in_the_move(scene, kill, chance.uniform(0, 0.03))] += 1
    assert run(*scene.words)[0] == 4
    back = seconds(scene, "update", scene.project, "--abort")
    for number in range(20):
        kill_the_way_back(scene, (ALONE, GROUP)[number % 2], chance.uniform(0, back))
    print("killed at random:", dict(anywhere), "in the move:", dict(inside))
    assert anywhere["untouched"] < 100
    assert inside["restored"] > 10
    assert run(*scene.words)[0] == 4
    assert state(scene.project) == scene.after
