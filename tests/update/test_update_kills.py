"""`scaffold update` killed, interrupted or failing at any time can be undone."""

import itertools
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from test_update_properties import State, put_beside, run, state
from updates import NOTES, Rings, commit, git, make_rings, replace

Kill = Callable[[int, int], None]
ALONE, GROUP = os.kill, os.killpg  # Git at work may end by itself, or die as well
SIGNALS = [(number, kill) for number in (2, 15) for kill in (ALONE, GROUP)]
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
        return subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
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
    rings.write("docs/in/new/folders.md", "new\n")
    rings.release("0.2.0")
    put_beside(project, ["notes.txt", "runs/model.pt"])
    before = state(project)
    scene = Scene(project, rings, before, before)
    assert run(*scene.words)[0] == 4
    after = state(project)
    assert run("update", project, "--abort")[0] == 0
    assert state(project) == before
    return scene._replace(after=after)


def strike(process: subprocess.Popen[bytes], kill: Kill) -> None:
    """Kill a process or its group, if it is still running."""
    if process.poll() is None:
        kill(process.pid, signal.SIGKILL)
    process.communicate()


def put_right(scene: Scene) -> str:
    """Assert that a killed update can be undone; return the state that it left."""
    found = state(scene.project)
    left = (scene.project / JOURNAL).exists()
    # `--abort` comes as a process of its own, as it would.
    process = scene.start("update", scene.project, "--abort")
    process.communicate()
    assert process.returncode == (0 if left else 1)
    assert state(scene.project) == scene.before
    assert git(scene.project, "fsck", "--no-dangling") == ""
    if found == scene.before:
        return "untouched"
    return "updated" if found == scene.after else "restored"


def kill_at_random(scene: Scene, kill: Kill, moment: float) -> str:
    """Kill an update `moment` seconds after its start."""
    process = scene.start(*scene.words)
    time.sleep(moment)
    strike(process, kill)
    return put_right(scene)


def kill_in_the_move(scene: Scene, kill: Kill, moment: float) -> str:
    """Kill an update `moment` seconds after it wrote its journal."""
    process = scene.start(*scene.words)
    while process.poll() is None and not (scene.project / JOURNAL).exists():
        pass
    time.sleep(moment)
    strike(process, kill)
    return put_right(scene)


def kill_the_way_back(scene: Scene, kill: Kill, moment: float) -> None:
    """Kill an abort `moment` seconds after its start."""
    assert run(*scene.words)[0] == 4
    process = scene.start("update", scene.project, "--abort")
    time.sleep(moment)
    strike(process, kill)
    put_right(scene)


def interrupt(
    scene: Scene, number: int, kill: Kill, moment: float, in_the_move: bool = False
) -> str:
    """Send a signal twice, `moment` seconds after the start, or after the journal."""
    return send_signals(
        scene, scene.start(*scene.words), number, kill, moment, in_the_move
    )


def interrupt_the_way_back(scene: Scene, number: int, kill: Kill, moment: float) -> str:
    """Send a signal twice to an abort, `moment` seconds after its start."""
    assert run(*scene.words)[0] in (0, 4)
    back = scene.start("update", scene.project, "--abort")
    return send_signals(scene, back, number, kill, moment)


def send_signals(
    scene: Scene,
    process: subprocess.Popen[bytes],
    number: int,
    kill: Kill,
    moment: float,
    in_the_move: bool = False,
) -> str:
    """Send a signal twice; assert one line at most, and a complete state."""
    journal = scene.project / JOURNAL
    while in_the_move and process.poll() is None and not journal.exists():
        pass
    time.sleep(moment)
    for _ in range(2):
        if process.poll() is None:
            kill(process.pid, number)
        time.sleep(0.002)
    _, err = process.communicate()
    # A negative code: Python itself was still starting.
    assert process.returncode in {0, 4, 128 + number, -number}
    assert err.count(b"\n") <= 1 or process.returncode < 0, err.decode()
    assert state(scene.project) in (scene.before, scene.after)
    return put_right(scene)


def seconds(scene: Scene, *words: str | Path) -> float:
    """Return the duration of a command that is not killed."""
    begin = time.perf_counter()
    scene.start(*words).communicate()
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


def test_an_interrupted_update_is_complete_or_undone(scene: Scene) -> None:
    for number, kill in SIGNALS:
        assert interrupt(scene, number, kill, 0.001, in_the_move=True)
    assert interrupt(scene, signal.SIGINT, GROUP, 0.3)
    assert interrupt_the_way_back(scene, signal.SIGTERM, GROUP, 0.25)


def interrupt_often(scene: Scene) -> None:
    """Send 200 of each signal to a command, to the process and its group in turn."""
    chance = random.Random(0)
    whole = seconds(scene, *scene.words)
    back = seconds(scene, "update", scene.project, "--abort")
    found: Counter[str] = Counter()
    for n in range(400):
        number, kill = SIGNALS[n % 4]
        moment = chance.uniform(0, 0.03) if n < 200 else chance.uniform(0.1, whole)
        found[interrupt(scene, number, kill, moment, in_the_move=n < 200)] += 1
    print(f"{scene.words[0]}, 400 signals:", dict(found))
    if scene.words[0] != "update":
        return
    found.clear()
    for n in range(400):
        moment = chance.uniform(0.1, back)
        found[interrupt_the_way_back(scene, *SIGNALS[n % 4], moment)] += 1
    print("abort, 400 signals:", dict(found))


@pytest.mark.slow
def test_400_signals_leave_no_mixed_tree(scene: Scene) -> None:
    interrupt_often(scene)


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


# A Git that dies with the lock of the index.
DYING_GIT = """#!/bin/sh
case "$GIT_INDEX_FILE $*" in
" "*"update-index {option}"*) touch {lock}; kill -9 $$ ;;
esac
exec {git} "$@"
"""


@pytest.mark.parametrize("option", ["-z", "--refresh"])
def test_a_killed_git_leaves_no_lock_and_no_mixed_tree(
    option: str, scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, lock = shutil.which("git"), scene.project / ".git" / "index.lock"
    program = tmp_path / "bin" / "git"
    program.parent.mkdir()
    program.write_text(DYING_GIT.format(option=option, lock=lock, git=real))
    program.chmod(0o755)
    for words in (scene.words, ("update", scene.project, "--abort")):
        with monkeypatch.context() as patch:
            patch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
            code, _, message = run(*words)
        assert code == 1
        assert "ended by signal 9" in message
        assert not lock.exists()
        left = state(scene.project) not in (scene.before, scene.after)
        assert left == ("scaffold update --abort" in message)
        put_right(scene)
        assert run(*scene.words)[0] == 4
    put_right(scene)


# `scaffold` with an audit hook: Python reports to it what is about to be written,
# renamed, removed or run. A disk that is full stays full.
PROGRAM = """
import errno, os, signal, sys
fault, first, project = sys.argv[1], int(sys.argv[2]), sys.argv[3]
CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.symlink"}
NEEDS_SPACE = {"open", "os.mkdir", "os.symlink"}
count = 0

def hook(event, arguments):
    global count
    if event == "open":
        path, _, flags = arguments
        changes = flags & (os.O_WRONLY | os.O_RDWR) and project in str(path)
    else:
        changes = event in CHANGES or event == "subprocess.Popen"
    count += bool(changes)
    if not changes or count < first:
        return
    if fault == "SIGKILL":
        os.kill(os.getpid(), signal.SIGKILL)
    if count == first or (fault == "ENOSPC" and event in NEEDS_SPACE):
        number = getattr(errno, fault)
        os.write(1, b"FAULT")
        raise OSError(number, os.strerror(number), project)

from scaffold.cli import main
from scaffold.update import apply, undo
sys.addaudithook(hook)
main(sys.argv[4:])
"""
FAULTS = ("SIGKILL", "ENOSPC", "EIO")


def is_complete(scene: Scene, fault: str, number: int, *words: str | Path) -> bool:
    """Run a command whose write `number` fails; return whether it has fewer writes.

    A command that could do without that write is complete as well.
    """
    command = [sys.executable, "-c", PROGRAM, fault, number, scene.project, *words]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    assert done.stderr.count("\n") <= 1, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    if fault == "SIGKILL":
        assert done.returncode in {-9, 0, 4}
    elif done.returncode in {0, 4}:
        assert state(scene.project) == (scene.after, scene.before)["--abort" in words]
    elif state(scene.project) not in (scene.before, scene.after):
        assert "scaffold update --abort" in done.stderr
    return done.returncode in {0, 4} and "FAULT" not in done.stdout


def fail_at_each_write(scene: Scene, fault: str, step: int) -> Counter[str]:
    """Let every `step`-th write of update and abort fail; return what was left."""
    found: Counter[str] = Counter()
    for number in itertools.count(1, step):
        complete = is_complete(scene, fault, number, *scene.words)
        found[put_right(scene)] += 1
        if complete:
            break
    for number in itertools.count(1, step):
        assert run(*scene.words)[0] == 4
        complete = is_complete(scene, fault, number, "update", scene.project, "--abort")
        found[put_right(scene)] += 1
        if complete:
            return found
    raise AssertionError


@pytest.mark.parametrize("fault", ["SIGKILL", "ENOSPC"])
def test_a_failed_write_leaves_nothing_half_done(scene: Scene, fault: str) -> None:
    assert fail_at_each_write(scene, fault, 60)


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_each_failed_write_leaves_nothing_half_done(scene: Scene, fault: str) -> None:
    found = fail_at_each_write(scene, fault, 1)
    print(f"{fault} at each write of update and abort:", dict(found))
    assert found["restored"] > 10
