"""Exercises: what the course teaches passes, and a wrong answer fails its own tests.

The answers are in answers/, a file for each task.
"""

import tomllib
from collections import Counter
from pathlib import Path
from textwrap import indent

import pytest
from answers import COURSE, Answers, Wrong, right_answers, write_answers, wrong_answers
from conftest import NAMES, run_python
from own_tests import failures, run_own_tests, write_project

from scaffold.catalog.plugins import find_task
from scaffold.compose.recipe import Recipe
from scaffold.project.bundle import BUNDLE
from scaffold.project.create import render_project
from scaffold.teach import test_run
from scaffold.tree import Tree

STAND_IN = "stand_in"  # the package of a rendered project, replaced in each copy
FAST = ("circle", "line")
TASKS = [n if n in FAST else pytest.param(n, marks=pytest.mark.slow) for n in NAMES]
# Only the tests of exercises, and of pytest only what they need.
QUICKLY = ("-mexercise", "--assert=plain", "--tb=native", "--basetemp=temporary")
QUICKLY += ("-pno:unraisableexception", "-pno:logging")


def render(task: str) -> Tree:
    """Return a project in which all exercises are open."""
    recipe = Recipe((find_task(task),), variant="exercise")
    tree = render_project(recipe, {"project_name": STAND_IN}).files
    return {path: file for path, file in tree.items() if path != BUNDLE}


def fill_in(tree: Tree, answers: Answers, package: str) -> Tree:
    """Return a project of another name with answers to some of its exercises."""
    files = {}
    for path, file in tree.items():
        text = file.data.decode()
        text = write_answers(text, answers) if path.endswith(".py") else text
        data = text.replace(STAND_IN, package).encode()
        files[path.replace(STAND_IN, package)] = file._replace(data=data)
    return files


def own_tests(tree: Tree, number: int) -> set[str]:
    """Return the tests of an exercise, as a project names them."""
    table = tomllib.loads(tree[f"{STAND_IN}/exercises.toml"].data.decode())
    return {
        test for row in table["exercise"][number - 1 : number] for test in row["tests"]
    }


def failed_tests(results: list[test_run.TestResult]) -> set[str]:
    """Return the tests that failed, without the parameters, as a project names them."""
    names = (test.name.partition("[")[0] for test in failures(results, "failed"))
    return {name.partition("/")[2] for name in names}


def check_only(number: int, tree: Tree, results: list[test_run.TestResult]) -> None:
    """Check that only tests of one exercise fail, and that others pass or wait."""
    assert set() < failed_tests(results) <= own_tests(tree, number)
    waiting = {test.reason for test in failures(results, "skipped")}
    assert waiting <= {f"waiting for exercise {number}"}


@pytest.mark.parametrize("task", TASKS)
def test_an_exercise_can_be_solved_whatever_the_state_of_later_ones(
    task: str, tmp_path: Path
) -> None:
    tree, right = render(task), right_answers(task)
    for number, name in enumerate(COURSE, start=1):
        before = {done: right[done] for done in COURSE[: number - 1]}
        write_project(fill_in(tree, before, f"{name}_next"), tmp_path, f"{name}_next")
    results = run_own_tests(tmp_path, options=QUICKLY)
    for number, name in enumerate(COURSE, start=1):
        found = results[f"{name}_next"]
        check_only(number, tree, found)
        assert failed_tests(found) == own_tests(tree, number)
        for test in failures(found, "failed"):
            assert test.reason.startswith(f"exercise {number}: ")


@pytest.mark.parametrize("task", TASKS)
def test_what_the_course_teaches_passes(task: str, tmp_path: Path) -> None:
    write_project(
        fill_in(render(task), right_answers(task), "right"), tmp_path, "right"
    )
    results = run_own_tests(tmp_path)["right"]
    assert not failures(results)
    assert len(results) > 25


def test_a_checkpoint_may_be_saved_to_an_open_file_or_a_name(tmp_path: Path) -> None:
    tree, right = render("circle"), right_answers("circle")
    whole = right["save"][0]
    body = indent(whole.replace("    tmp,", "    file,"), "    ")
    ways = {
        "by_name": whole.replace("    tmp,", "    str(tmp),"),
        "by_file": f'with open(tmp, "wb") as file:\n{body}',
    }
    for way, text in ways.items():
        write_project(fill_in(tree, {**right, "save": [text]}, way), tmp_path, way)
    results = run_own_tests(tmp_path, options=QUICKLY)
    assert {way: failures(results[way]) for way in ways} == {way: [] for way in ways}


def test_a_wrong_answer_fails_in_its_own_exercise_with_a_message_that_teaches(
    tmp_path: Path,
) -> None:
    check_wrong("circle", wrong_answers("circle"), tmp_path / "circle")
    own = [wrong for wrong in wrong_answers("line") if wrong.number <= 4]
    check_wrong("line", own, tmp_path / "line")


@pytest.mark.slow
@pytest.mark.parametrize("task", NAMES)
def test_the_whole_matrix_of_wrong_answers(task: str, tmp_path: Path) -> None:
    caught = check_wrong(task, wrong_answers(task), tmp_path)
    row = "  ".join(f"{name} {caught[name]}" for name in COURSE)
    print(f"\n{task:<14} {row}")


def check_wrong(task: str, answers: list[Wrong], home: Path) -> Counter[str]:
    """Check that each answer is caught; return how many there are by exercise."""
    tree = render(task)
    for n, wrong in enumerate(answers):
        write_project(fill_in(tree, wrong.answers, f"wrong_{n}"), home, f"wrong_{n}")
    results = run_own_tests(home, options=QUICKLY)
    for n, wrong in enumerate(answers):
        found = results[f"wrong_{n}"]
        check_only(wrong.number, tree, found)
        said = [test.reason for test in failures(found, "failed")]
        assert any(wrong.says in text for text in said), (wrong.name, said)
    return Counter(wrong.exercise for wrong in answers)


def test_commands_say_in_one_line_which_exercise_is_open(tmp_path: Path) -> None:
    folder = write_project(
        fill_in(render("circle"), {}, "waiting"), tmp_path, "waiting"
    )
    done = run_python("-m", "waiting", "train", folder=folder)
    assert done.code == 1
    assert done.err.startswith("error: exercise 1: ")
    assert done.err.count("\n") == 1
