"""Comment levels, exercises, explanations and reviews."""

import ast
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from answers import EXERCISE, right_answers, write_answers
from conftest import NAMES, Done, make_project
from updates import commit, replace

from scaffold.catalog.discovery import DATA
from scaffold.catalog.plugins import find_task
from scaffold.compose import composition
from scaffold.compose.exercises import REGION, Exercise
from scaffold.compose.recipe import Recipe
from scaffold.compose.solutions import blank_out_solutions
from scaffold.project.create import render_project, write_tree
from scaffold.tree import Tree

Scaffold = Callable[..., Done]
NOTEBOOK = (DATA / "docs" / "from-notebook-to-project.md").read_text()


def written(task: str, comments: str = "lesson", variant: str = "solution") -> Tree:
    """Return the files of a project of a task."""
    recipe = Recipe((find_task(task),), comments, variant)
    return render_project(recipe, {"project_name": "hw"}).files


def code(tree: Tree) -> dict[str, str]:
    """Return the Python files of a project as text."""
    return {p: file.data.decode() for p, file in tree.items() if p.endswith(".py")}


# comment levels


@pytest.mark.parametrize("task", NAMES)
def test_comment_levels_differ_in_comments_only(task: str) -> None:
    lesson, brief = code(written(task)), code(written(task, "brief"))
    assert lesson.keys() == brief.keys()
    for path, text in lesson.items():
        assert ast.dump(ast.parse(text)) == ast.dump(ast.parse(brief[path])), path
    assert sum(text.count("# why:") for text in lesson.values()) > 5
    assert "# why:" not in "".join(brief.values())


@pytest.mark.parametrize("task", NAMES)
def test_comments_have_at_most_four_lines(task: str) -> None:
    for path, text in code(written(task)).items():
        block = 0
        for line in text.splitlines():
            stripped = line.strip()
            block = 1 if stripped.startswith("# why:") else block
            block = block + 1 if block and stripped.startswith("# ") else 0
            assert block <= 4, f"{path}: {line}"


TOPICS = (
    "dropout and batch norm",  # train() and eval()
    "recording no gradients",  # inference_mode()
    "it takes logits",
    "backward() adds to them",  # zero_grad()
    "the state_dict, not the model",
    "weights_only",
    "set the seed right before the model",
    "never trains on the test set",
    "a non-linear activation function",
)


@pytest.mark.parametrize("topic", TOPICS)
def test_comments_explain_what_is_easily_done_wrong(topic: str) -> None:
    text = "".join(code(written("circle")).values())
    assert any(topic in line.partition("#")[2] for line in text.splitlines())


@pytest.mark.parametrize("task", NAMES)
def test_every_level_and_variant_is_clean(task: str, tmp_path: Path) -> None:
    for comments in ("lesson", "brief"):
        for variant in ("solution", "exercise"):
            folder = tmp_path / f"{comments}-{variant}"
            folder.mkdir()
            write_tree(written(task, comments, variant), folder)
    for words in (["check"], ["format", "--check"]):
        command = [sys.executable, "-m", "ruff", *words, "--no-cache", "."]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


# exercises

COURSE = [
    "load the data",
    "define the model",
    "choose the loss function",
    "predict",
    "write the training step",
    "evaluate",
    "save a checkpoint",
    "load a checkpoint",
]


def exercises_of(task: str) -> list[str]:
    """Return the titles of the exercises of a task, in their order."""
    text = written(task, variant="exercise")["hw/exercises.toml"].data.decode()
    return re.findall(r'^title = "(.*)"$', text, re.MULTILINE)


@pytest.mark.parametrize("task", NAMES)
def test_the_exercises_follow_the_course(task: str) -> None:
    titles = exercises_of(task)
    assert titles == COURSE
    readme = written(task, variant="exercise")["README.md"].data.decode()
    for number, title in enumerate(titles, start=1):
        assert f"{number}. {title}: " in readme


@pytest.mark.parametrize("task", NAMES)
def test_a_solution_shows_no_trace_of_the_exercises(task: str) -> None:
    files = written(task)
    assert "hw/exercises.py" not in files
    for path, file in files.items():
        if path.endswith((".py", ".toml", ".md")):
            text = file.data.decode().casefold()
            assert "### " not in text or path.endswith(".md"), path
            assert "begin solution" not in text
            assert "mark.exercise" not in text


@pytest.mark.parametrize("task", NAMES)
def test_an_exercise_shows_nothing_of_a_solution(task: str) -> None:
    solution, exercise = written(task), written(task, variant="exercise")
    assert "SOLUTION" not in "".join(code(exercise).values())
    recipe = Recipe((find_task(task),), variant="exercise")
    template = "".join(f.data.decode() for f in composition.compose(recipe).values())
    for path, text in code(solution).items():
        for span in lost_lines(text, code(exercise)[path]):
            assert span not in template, path


def lost_lines(solution: str, exercise: str) -> list[str]:
    """Return the lines of code that only the solution has, if they are long."""
    kept = set(exercise.splitlines())
    lines = [line for line in solution.splitlines() if line not in kept]
    return [line for line in lines if len(line.strip()) > 30 and "{" not in line]


def open_only(monkeypatch: pytest.MonkeyPatch, names: set[str]) -> None:
    """Let composition leave only some exercises open."""

    def partly(text: str, exercises: Mapping[str, Exercise]) -> str:
        return blank_out_solutions(
            REGION.sub(lambda m: m[0] if m[2] in names else m[3], text), exercises
        )

    monkeypatch.setattr(composition, "blank_out_solutions", partly)


@pytest.mark.parametrize("task", NAMES)
def test_filling_in_makes_the_code_of_the_solution(
    task: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    solution = code(written(task))
    open_only(monkeypatch, set())
    filled = code(written(task, variant="exercise"))
    for path in (path for path in solution if path.startswith("hw/")):
        if path not in {"hw/__main__.py"}:
            assert filled[path] == solution[path], path


def test_a_fix_reaches_students_and_keeps_their_code(
    scaffold: Scaffold, tmp_path: Path
) -> None:
    rings = shutil.copytree(find_task("circle").folder, tmp_path / "rings")
    replace(rings / "plugin.toml", 'name = "circle"', 'name = "rings"')
    words = ("--task", "rings", "--plugin", rings, "--set", "variant=exercise")
    folder = tmp_path / "hw"
    assert scaffold("new", folder, *words, "--defaults").code == 0
    for name in ("data", "model", "loss"):
        answer_exercise(folder / "hw" / f"{name}.py")
    commit(folder)
    before = spans(folder)
    assert sum("raise NotImplementedError" not in span for span in before) >= 4

    overlay = rings / "project" / "{{ package }}"
    replace(overlay / "data.py", "points on two circles, and", "many points, and")
    replace(overlay / "loss.py", "Return the accuracy", "Return the mean accuracy")
    replace(overlay / "model.py", "return self.layers(x).squeeze(dim=1)", "return x")
    replace(rings / "plugin.toml", "torch.sigmoid turns", "a sigmoid turns")
    replace(rings / "plugin.toml", 'version = "0.2.0"', 'version = "0.3.0"')
    done = scaffold("update", folder, "--plugin", rings)
    assert done.code == 0, done.err
    assert spans(folder) == before
    assert "many points, and" in (folder / "hw" / "data.py").read_text()
    assert "the mean accuracy" in (folder / "hw" / "loss.py").read_text()


def answer_exercise(path: Path) -> None:
    """Write answers into the open exercises of a file, as a student does."""
    path.write_text(write_answers(path.read_text(), right_answers("circle")))


def spans(folder: Path) -> list[str]:
    """Return all exercises in a project, with the text between their markers."""
    files = sorted((folder / "hw").rglob("*.py"))
    return [match[0] for path in files for match in EXERCISE.finditer(path.read_text())]


# explanations


def test_a_task_is_explained_in_the_order_to_read_it(scaffold: Scaffold) -> None:
    done = scaffold("explain", "circle")
    assert done.code == 0
    assert re.search(r"3  my_circle/data.py +circle  generate the points", done.out)
    assert re.search(r"6  my_circle/engine.py +core ", done.out)
    assert done.out.index("config.py") < done.out.index("data.py")


def test_a_project_a_file_and_a_function_are_explained(
    scaffold: Scaffold, tmp_path: Path
) -> None:
    folder = tmp_path / "hw"
    assert scaffold("new", folder, "--task", "circle", "--defaults").code == 0
    assert "hw/engine.py" in scaffold("explain", folder).out
    (folder / "hw" / "own.py").write_text('"""Mine."""\n')
    assert "Your own file" in scaffold("explain", folder / "hw" / "own.py").out
    engine = folder / "hw" / "engine.py"
    out = scaffold("explain", engine).out
    assert "From the core." in out
    assert "train_epoch\n" in out
    assert "What to change\nChange the training step" in out
    out = scaffold("explain", f"{engine}:train_epoch").out
    assert "def train_epoch(model: nn.Module" in out
    assert "Train on every batch once" in out
    assert (
        "CircleClassifier.forward"
        in scaffold("explain", f"{folder}/hw/model.py:forward").out
    )


@pytest.mark.parametrize(
    ("subject", "code", "message"),
    [
        ("squares", 2, "'squares' is neither a project, a file nor a task"),
        ("{hw}/hw/engine.py:train", 2, "did you mean 'train_epoch'?"),
        ("{hw}/../alone.py", 1, "is not in a scaffold project"),
    ],
)
def test_unknown_subjects_are_errors(
    subject: str, code: int, message: str, scaffold: Scaffold, tmp_path: Path
) -> None:
    folder = tmp_path / "hw"
    (tmp_path / "alone.py").write_text("")
    assert scaffold("new", folder, "--task", "circle", "--defaults").code == 0
    done = scaffold("explain", subject.format(hw=folder))
    assert done.code == code
    assert message in done.err


def test_every_explained_function_exists() -> None:
    import tomllib

    table = tomllib.loads((DATA / "template" / "explain.toml").read_text())
    files = {
        p.replace("hw/", "{{ package }}/"): t
        for p, t in code(written("circle")).items()
    }
    for path in table["files"]:
        assert path in files or path in {"README.md", "pyproject.toml"}, path
    for place in table["functions"]:
        path, _, name = place.partition(":")
        assert re.search(rf"^(def|class) {name}\b", files[path], re.MULTILINE), place


def test_the_notebook_guide_names_functions_that_exist() -> None:
    rows = re.findall(
        r"^\| (.*?) \| `(\S+\.py)`(?:: `(\w+)`)? \| .+ \|$", NOTEBOOK, re.M
    )
    assert len(rows) == NOTEBOOK.count("\n| ") - 1  # the line under the head is no row
    files = code(written("circle"))
    for step, path, name in rows:
        text = files.get(f"hw/{path}", files.get(path, ""))
        assert text, path
        assert re.search(rf"^(def |class |){name}\b", text, re.MULTILINE), step
    steps = " ".join(step for step, _, _ in rows)
    for word in (
        "data",
        "split",
        "look",
        "model",
        "loss",
        "optimizer",
        "training loop",
    ):
        assert word in steps
    for word in (
        "testing loop",
        "curves",
        "evaluate",
        "save",
        "load",
        "device",
        "hyperparameters",
    ):
        assert word in steps


# student projects


@pytest.fixture(scope="session")
def classroom(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with three submissions; the second is broken."""
    home = tmp_path_factory.mktemp("class")
    words = ("--task", "circle", "--set", "variant=exercise", "--no-git")
    first = make_project(home, "ada", words)
    for name in ("bob", "eve"):
        shutil.copytree(first, home / "hw" / name)
    (home / "hw" / "bob" / ".copier-answers.yml").write_text("nothing\n")
    return home


def test_a_broken_project_does_not_stop_status_of_others(
    classroom: Path, scaffold: Scaffold
) -> None:
    done = scaffold("status", "--recursive", classroom)
    assert done.code == 1
    assert re.search(r"^ada +circle  up to date", done.out, re.MULTILINE)
    assert re.search(r"^hw/bob +error +", done.out, re.MULTILINE)
    assert re.search(r"^hw/eve +circle  up to date", done.out, re.MULTILINE)
    assert "2 up to date, 1 error" in done.out
    table = json.loads(scaffold("status", "--recursive", classroom, "--json").out)
    states = [project["state"] for project in table["projects"]]
    assert states == ["current", "broken", "current"]
    assert scaffold("status", "--recursive", classroom / "hw" / "eve").code == 0


def test_a_folder_without_projects_is_an_error(
    scaffold: Scaffold, tmp_path: Path
) -> None:
    done = scaffold("status", "--recursive", tmp_path)
    assert done.code == 1
    assert "no scaffold project in" in done.err


def test_a_submission_is_reviewed(
    classroom: Path, scaffold: Scaffold, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(classroom / "ada", tmp_path / "ada"))
    answer_exercise(folder / "ada" / "data.py")
    model = folder / "ada" / "model.py"
    model.write_text(re.sub(r" *# (end of )?exercise 2.*\n", "", model.read_text()))
    for path in (folder / "tests").glob("*.py"):
        path.unlink()
    tests = "def test_good():\n    pass\n\n\ndef test_bad():\n    assert 1 == 2\n"
    (folder / "tests" / "test_own.py").write_text(tests)

    found = json.loads(scaffold("diff", folder, "--report", "--json").out)
    states = {work["title"]: work["state"] for work in found["exercises"]}
    assert states["load the data"] == "written"
    assert states["define the model"] == "markers removed"
    assert states["choose the loss function"] == "open"
    assert found["tests"] is None

    done = scaffold("diff", folder, "--report", "--run-tests")
    assert "Running the tests" in done.err
    assert re.search(r"tests/test_own.py::test_good +passed", done.out)
    assert re.search(r"tests/test_own.py::test_bad +failed +assert 1 == 2", done.out)
    assert "1 of 2 tests passed." in done.out
    assert "The tests were changed." in done.out
    assert re.search(r"\d of \d\d original tests passed.", done.out)
    assert re.search(r"tests/test_model.py::test_\w+ +failed ", done.out)

    done = scaffold("diff", folder, "--report", "--markdown")
    assert "| 1 load the data | ada/data.py | written | +" in done.out


def test_the_generated_tests_run_beside_those_that_were_tampered_with(
    scaffold: Scaffold, tmp_path: Path
) -> None:
    home = tmp_path / "a class"
    home.mkdir()
    folder = make_project(home, "hw", ["--task", "circle", "--no-git"])
    number = 0
    for path in (folder / "tests").glob("test_*.py"):
        names = re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)
        path.write_text("".join(f"def {n}():\n    assert True\n\n\n" for n in names))
        number += len(names)
    replace(folder / "hw" / "loss.py", "predictions == y", "predictions != y")
    done = scaffold("diff", folder, "--report", "--run-tests")
    assert done.code == 0, done.err
    assert f"{number} of {number} tests passed." in done.out
    assert f"{number - 1} of {number} original tests passed." in done.out
    name = "tests/test_circle.py::test_accuracy_is_the_fraction_of_correct_predictions"
    assert re.search(f"^{name} +failed", done.out, re.MULTILINE)


def test_options_of_the_report_need_the_report(
    classroom: Path, scaffold: Scaffold
) -> None:
    assert scaffold("diff", classroom / "ada", "--run-tests").code == 2


def test_tests_that_cannot_run_are_an_error(
    classroom: Path, scaffold: Scaffold, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(classroom / "ada", tmp_path / "ada"))
    replace(
        folder / "pyproject.toml", "[tool.pytest.ini_options]", "[tool.pytest.ini_opt"
    )
    done = scaffold("diff", folder, "--report", "--run-tests")
    assert done.code == 1
    assert "cannot run the tests" in done.err
