"""Random edits of a project, then features added and removed: nothing gets lost."""

import itertools
import random
import shutil
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import hypothesis.strategies as st
import pytest
from conftest import FEATURES
from hypothesis import HealthCheck, given, settings
from test_update_kills import (
    ALONE,
    GROUP,
    JOURNAL,
    Scene,
    interrupt_often,
    kill_at_random,
    put_right,
    seconds,
)
from test_update_properties import run, state
from updates import Rings, commit, git

from scaffold.catalog.plugins import find_feature, find_task
from scaffold.compose.recipe import Recipe
from scaffold.compose.rules import find_conflict, resolve
from scaffold.project.create import create, render_project

CIRCLE = find_task("circle")
NAMES = [f.name for f in FEATURES if not find_conflict(f, CIRCLE, ())]
CHANGED = [f"c/{name}.py" for name in ("__main__", "checkpoint", "engine", "train")]
ANSWERS = ("comments=lesson", "comments=brief")
OPERATIONS = [("add", name) for name in NAMES] + [("remove", name) for name in NAMES]
OPERATIONS += [("update", answer) for answer in ANSWERS]


class Case(NamedTuple):
    """Lines of the user by (file, line) number, and the commands that follow."""

    edits: list[tuple[int, int]]
    operations: list[tuple[str, str]]


CASES = st.builds(
    Case,
    st.lists(st.tuples(st.integers(0, 99), st.integers(0, 200)), max_size=8),
    st.lists(st.sampled_from(OPERATIONS), min_size=1, max_size=5),
)


@pytest.fixture(scope="session")
def circle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a committed project of circle, to copy."""
    folder = tmp_path_factory.mktemp("circle") / "c"
    create(render_project(Recipe((CIRCLE,)), {"project_name": "c"}), folder)
    shutil.rmtree(folder / ".git" / "hooks", ignore_errors=True)
    return folder


def tree(project: Path) -> str:
    """Return the hash of all files, which are committed first."""
    if git(project, "status", "--porcelain"):
        commit(project)
    return git(project, "rev-parse", "HEAD^{tree}")


def edit(project: Path, edits: list[tuple[int, int]]) -> dict[str, str]:
    """Insert a comment for each edit, commit, and return the file of each comment."""
    listed = git(project, "ls-files", "*.py", "*.toml").splitlines()
    listed += CHANGED * 5  # files in which edits can conflict
    marks = {}
    for number, (file, row) in enumerate(edits):
        name = listed[file % len(listed)]
        lines = (project / name).read_text().splitlines(keepends=True)
        mark = f"# user {number}\n"
        lines.insert(row % (len(lines) + 1), mark)
        (project / name).write_text("".join(lines))
        marks[mark] = name
    tree(project)
    return marks


def perform(project: Path, command: str, what: str) -> tuple[int, dict[str, str], str]:
    """Run a command on the project."""
    if command == "update":
        return run("update", project, "--set", what)
    return run(command, what, "--dir", project)


def check_case(case: Case, project: Path) -> Counter[int]:
    """Assert that each command keeps the lines of the user, and can be undone."""
    codes: Counter[int] = Counter()
    marks = edit(project, case.edits)
    for command, what in case.operations:
        before = state(project)
        code, _, refused = perform(project, command, what)
        codes[code] += 1
        if refused:
            assert state(project) == before
            continue
        for mark, name in marks.items():
            assert mark in (project / name).read_text(), (command, what, name)
        if code == 4:
            assert run("update", project, "--abort")[0] == 0
            assert state(project).files == before.files
        else:
            tree(project)
    return codes


RANDOM = settings(deadline=None, derandomize=True, database=None)
RANDOM = settings(RANDOM, suppress_health_check=list(HealthCheck))


@settings(RANDOM, max_examples=12)
@given(case=CASES)
def test_random_commands_keep_the_lines_of_the_user(
    case: Case, circle: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("case") / "c"
    check_case(case, shutil.copytree(circle, folder))


@pytest.mark.slow
def test_500_cases_keep_the_lines_of_the_user(circle: Path, tmp_path: Path) -> None:
    codes: Counter[int] = Counter()
    folder = tmp_path / "c"

    @settings(RANDOM, derandomize=False, max_examples=500)
    @given(case=CASES)
    def check(case: Case) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        codes.update(check_case(case, shutil.copytree(circle, folder)))

    check()
    print("exit codes:", dict(codes))
    assert codes[0] > 100
    assert codes[4] > 10  # conflicts, which are aborted


@pytest.mark.parametrize("name", NAMES)
def test_removing_a_feature_restores_an_edited_project(
    name: str, circle: Path, tmp_path: Path
) -> None:
    project = shutil.copytree(circle, tmp_path / "c")
    model = project / "c" / "model.py"
    model.write_text(model.read_text() + "\n\nMINE = 1\n")
    start = tree(project)
    added = [f.name for f in resolve(CIRCLE, [find_feature(name)], find_feature)]
    assert run("add", name, "--dir", project)[0] == 0
    assert tree(project) != start
    assert model.read_text().endswith("MINE = 1\n")
    assert run("remove", *reversed(added), "--dir", project)[0] == 0
    assert tree(project) == start


PAIRS = list(itertools.combinations(NAMES, 2))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(*pair, marks=[] if pair == PAIRS[0] else pytest.mark.slow)
        for pair in PAIRS
    ],
)
def test_two_features_can_be_added_and_removed_in_any_order(
    one: str, other: str, circle: Path, tmp_path: Path
) -> None:
    trees = set()
    for number, names in enumerate(((one, other), (other, one))):
        project = shutil.copytree(circle, tmp_path / str(number) / "c")
        start = tree(project)
        for name in names:
            code, _, refused = run("add", name, "--dir", project)
            assert code == 0 or "already" in refused
            tree(project)
        trees.add(tree(project))
        assert run("remove", *names, "--dir", project)[0] == 0
        assert tree(project) == start
    assert len(trees) == 1


class Adding(Scene):
    """A project that a feature is added to."""

    @property
    def words(self) -> tuple[str | Path, ...]:
        return "add", "scale", "--dir", self.project


class Removing(Scene):
    """A project that a feature is removed from."""

    @property
    def words(self) -> tuple[str | Path, ...]:
        return "remove", "scale", "--dir", self.project


def make_scene(scene: type[Scene], project: Path) -> Scene:
    """Return an edited project before and after the command."""
    edit(project, [(3, 4), (7, 6)])
    if scene is Removing:
        assert run("add", "scale", "--dir", project)[0] == 0
        commit(project)
        (project / JOURNAL).unlink()  # that of the addition, which is finished
    before = state(project)
    found = scene(project, Rings(project), before, before)
    assert run(*found.words)[0] in (0, 4)
    after = state(project)
    assert run("update", project, "--abort")[0] == 0
    assert state(project) == before
    return found._replace(after=after)


@pytest.mark.parametrize("kind", [Adding, Removing])
def test_a_killed_command_can_be_undone(
    kind: type[Scene], circle: Path, tmp_path: Path
) -> None:
    scene = make_scene(kind, shutil.copytree(circle, tmp_path / "c"))
    assert kill_at_random(scene, GROUP, 0.4)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [Adding, Removing])
def test_a_command_can_be_undone_in_50_kills(
    kind: type[Scene], circle: Path, tmp_path: Path
) -> None:
    scene = make_scene(kind, shutil.copytree(circle, tmp_path / "c"))
    whole = seconds(scene, *scene.words)
    put_right(scene)
    chance = random.Random(0)
    found: Counter[str] = Counter()
    for number in range(50):
        kill = (ALONE, GROUP)[number % 2]
        found[kill_at_random(scene, kill, chance.uniform(0, whole))] += 1
    print(f"{scene.words[0]} killed at random:", dict(found))


@pytest.mark.slow
@pytest.mark.parametrize("kind", [Adding, Removing])
def test_400_signals_leave_no_mixed_tree(
    kind: type[Scene], circle: Path, tmp_path: Path
) -> None:
    interrupt_often(make_scene(kind, shutil.copytree(circle, tmp_path / "c")))
