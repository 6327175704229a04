"""Exercises: what the course teaches passes, and a wrong answer fails its own tests."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from answers import COURSE, TAUGHT, write_answers
from conftest import NAMES, run_python
from own_tests import failures, run_own_tests, write_project

from scaffold.catalog.plugins import find_task
from scaffold.compose import composition
from scaffold.compose.exercises import (
    REGION,
    Exercise,
    blank_out_solutions,
    find_exercises,
)
from scaffold.compose.recipe import Recipe
from scaffold.project.create import render_project
from scaffold.teach import review
from scaffold.tree import Tree

# Answers with an error: the exercise, what is wrong, and text to replace in TAUGHT.
WRONG = [
    ("data", "labels_int64", "from_numpy(y).type(torch.float)", "from_numpy(y).long()"),
    ("data", "inputs_float64", "from_numpy(x).type(torch.float)", "from_numpy(x)"),
    ("data", "labels_2d", "y).type(torch.float)", "y).float().unsqueeze(dim=1)"),
    ("data", "split_50_50", "test_size=0.2", "test_size=0.5"),
    ("model", "squeeze_all", "squeeze(dim=1)", "squeeze()"),
    ("model", "no_squeeze", ".squeeze(dim=1)", ""),
    ("model", "unused_layer", "self.relu(self.layer_2(z1))", "z1"),
    ("model", "float64", "squeeze(dim=1)", "squeeze(dim=1).double()"),
    ("loss", "needs_probabilities", "BCEWithLogitsLoss()", "BCELoss()"),
    ("loss", "not_reduced", "Loss()", 'Loss(reduction="none")'),
    ("loss", "sum", "Loss()", 'Loss(reduction="sum")'),
    ("loss", "other_loss", "BCEWithLogitsLoss()", "MSELoss()"),
    ("predict", "not_rounded", "torch.round", ""),
    ("predict", "squeeze_all", "(logits))", "(logits)).squeeze()"),
    ("predict", "integers", "(logits))", "(logits)).int()"),
    ("step", "no_zero_grad", "optimizer.zero_grad()", ""),
    ("step", "no_step", "optimizer.step()", ""),
    ("step", "no_backward", "loss.backward()", ""),
    ("step", "gradients_reset_too_late", "step()", "zero_grad()"),
    ("evaluate", "training_mode", "model.eval()", "model.train()"),
    ("evaluate", "sum", "loss / len(dataloader)", "loss"),
    ("evaluate", "metric_of_outputs", "to_predictions(outputs)", "outputs"),
    ("save", "pickled_model", "model.state_dict()", "model"),
    ("save", "no_optimizer", '"optimizer": optimizer.state_dict(),', ""),
    ("save", "not_atomic", "tmp", "path"),
    ("load", "no_optimizer", "optimizer is not None", "False"),
    ("load", "runs_code", "torch.load(path)", "torch.load(path, weights_only=False)"),
    ("load", "not_strict", '["model"])', '["model"], strict=False)'),
]


def names_of(task: str) -> list[str]:
    """Return the names of the exercises of a task, in their order."""
    recipe = Recipe((find_task(task),))
    files = composition.stack_layers(composition.list_layers(recipe))
    texts = [f.data.decode() for path, f in files.items() if path.endswith(".py")]
    return list(find_exercises(recipe, texts))


def render(
    task: str, package: str, names: Iterable[str], monkeypatch: pytest.MonkeyPatch
) -> Tree:
    """Return an exercise project in which only some exercises are open."""

    def partly(text: str, exercises: Mapping[str, Exercise]) -> str:
        text = REGION.sub(lambda m: m[0] if m[2] in names else m[3], text)
        return blank_out_solutions(text, exercises)

    monkeypatch.setattr(composition, "blank_out_solutions", partly)
    recipe = Recipe((find_task(task),), variant="exercise")
    return render_project(recipe, {"project_name": package}).files


def fill_in(tree: Tree, answers: Mapping[str, list[str]]) -> Tree:
    """Return an exercise project of `circle` with answers in its open exercises."""
    return {
        path: file._replace(data=write_answers(file.data.decode(), answers).encode())
        if path.endswith(".py")
        else file
        for path, file in tree.items()
    }


def write_wrong(home: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Write a project for each of WRONG; return the number of its exercise."""
    numbers = {}
    for name, fault, old, new in WRONG:
        package = f"{name}_{fault}"
        texts = [text.replace(old, new) for text in TAUGHT[name]]
        tree = render("circle", package, {name}, monkeypatch)
        write_project(fill_in(tree, {name: texts}), home, package)
        numbers[package] = COURSE.index(name) + 1
    return numbers


def check_only(number: int, results: list[review.TestResult]) -> None:
    """Check that tests of one exercise fail, and that others pass or wait for it."""
    outcomes = {test.outcome for test in results}
    assert "failed" in outcomes, number
    for test in failures(results):
        if test.outcome == "skipped":
            assert test.reason == f"waiting for exercise {number}", test


def own_tests(tree: Tree, number: int) -> set[str]:
    """Return the names of the test functions of an exercise."""
    pattern = rf"@pytest.mark.exercise\({number}\)\n(?:@.*\n)*def (\w+)"
    texts = [f.data.decode() for path, f in tree.items() if path.startswith("tests/")]
    return {name for text in texts for name in re.findall(pattern, text)}


def failed_functions(results: list[review.TestResult]) -> set[str]:
    """Return the names of the test functions that failed."""
    failed = (test.name for test in results if test.outcome == "failed")
    return {name.partition("::")[2].partition("[")[0] for name in failed}


def check_each_open(
    tasks: Iterable[str], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Leave each exercise of some tasks open, and check that exactly its tests fail."""
    expected = {}
    for task in tasks:
        for number, name in enumerate(names_of(task), start=1):
            package = f"{task}_{name}".replace("-", "_")
            tree = render(task, package, {name}, monkeypatch)
            write_project(tree, home, package)
            expected[package] = number, own_tests(tree, number)
    for package, results in run_own_tests(home).items():
        number, functions = expected[package]
        check_only(number, results)
        assert failed_functions(results) == functions, package
        for test in results:
            if test.outcome == "failed":
                assert test.reason.startswith(f"exercise {number}: "), test


def test_an_open_exercise_fails_exactly_its_own_tests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_each_open(["circle", "line"], tmp_path, monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize("task", sorted(set(NAMES) - {"circle", "line"}))
def test_an_open_exercise_of_every_task_fails_exactly_its_own_tests(
    task: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_each_open([task], tmp_path, monkeypatch)


def test_a_wrong_answer_fails_in_its_own_exercise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = write_wrong(tmp_path, monkeypatch)
    for package, results in run_own_tests(tmp_path).items():
        check_only(numbers[package], results)
        failed = failed_functions(results)
        tree = render("circle", package, set(), monkeypatch)
        assert failed <= own_tests(tree, numbers[package]), package


def test_what_the_course_teaches_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = fill_in(render("circle", "taught", set(COURSE), monkeypatch), TAUGHT)
    write_project(tree, tmp_path, "taught")
    results = run_own_tests(tmp_path)["taught"]
    assert not failures(results)
    assert len(results) > 20


def test_with_all_open_the_first_fails_and_the_others_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = render("circle", "all_open", set(COURSE), monkeypatch)
    write_project(tree, tmp_path, "all_open")
    results = run_own_tests(tmp_path)["all_open"]
    check_only(1, results)
    assert failed_functions(results) == own_tests(tree, 1)


def test_commands_say_in_one_line_which_exercise_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = render("circle", "waiting", set(COURSE), monkeypatch)
    done = run_python(
        "-m", "waiting", "train", folder=write_project(tree, tmp_path, "waiting")
    )
    assert done.code == 1
    assert done.err.startswith("error: exercise 1: ")
    assert done.err.count("\n") == 1
