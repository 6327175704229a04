"""Comment levels, exercises, explanations and reviews: what teaching needs."""

import ast
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from conftest import NAMES, Done, make_project, run_python
from updates import commit, replace

from scaffold.catalog.discovery import DATA
from scaffold.catalog.plugins import find_task
from scaffold.compose import composition
from scaffold.compose.exercises import REGION, Exercise, opened
from scaffold.compose.recipe import Recipe
from scaffold.project.create import render_project, write_tree
from scaffold.teach import review
from scaffold.tree import Tree

Scaffold = Callable[..., Done]
NOTEBOOK = (DATA / "docs" / "from-notebook-to-project.md").read_text()
EXERCISE = re.compile(r"^ *# exercise (\d+): .*?# end of exercise \1\n", re.M | re.S)


def written(task: str, comments: str = "lesson", variant: str = "solution") -> Tree:
    """Return the files of a project of a task."""
    recipe = Recipe((find_task(task),), comments, variant)
    return render_project(recipe, {"project_name": "hw"}).files


def code(tree: Tree) -> dict[str, str]:
    """Return the Python files of a project as text."""
    return {p: file.data.decode() for p, file in tree.items() if p.endswith(".py")}


# comment levels


@pytest.mark.parametrize("task", NAMES)
def test_the_lesson_is_nothing_but_comments(task: str) -> None:
    lesson, brief = code(written(task)), code(written(task, "brief"))
    assert lesson.keys() == brief.keys()
    for path, text in lesson.items():
        assert ast.dump(ast.parse(text)) == ast.dump(ast.parse(brief[path])), path
    assert sum(text.count("# why:") for text in lesson.values()) > 15
    assert "# why:" not in "".join(brief.values())


@pytest.mark.parametrize("task", NAMES)
def test_a_why_takes_few_lines(task: str) -> None:
    for path, text in code(written(task)).items():
        block = 0
        for line in text.splitlines():
            stripped = line.strip()
            block = 1 if stripped.startswith("# why:") else block
            block = block + 1 if block and stripped.startswith("# ") else 0
            assert block <= 4, f"{path}: {line}"


STUMBLES = (
    "train()",
    "eval",
    "inference_mode",
    "logits, not",
    "zero_grad",
    "where the model is",
    "the state_dict, not the model",
    "the seed stands",
    "test data",
    "map_location",
)


@pytest.mark.parametrize("stumble", STUMBLES)
def test_the_lesson_explains_where_one_stumbles(stumble: str) -> None:
    text = "".join(code(written("circle")).values())
    comments = re.findall(r"# why:.*?\n(?=\s*[^#\s])", text, re.DOTALL)
    assert any(stumble in comment for comment in comments)


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


def exercises_of(task: str) -> list[str]:
    """Return the titles of the exercises of a task, in their order."""
    text = written(task, variant="exercise")["hw/tools/exercises.toml"].data.decode()
    return re.findall(r'^title = "(.*)"$', text, re.MULTILINE)


@pytest.mark.parametrize("task", NAMES)
def test_the_exercises_follow_the_course(task: str) -> None:
    course = ["make the data", "write the model", "choose the loss", "decide"]
    course += ["write the step", "evaluate", "save a checkpoint", "load a checkpoint"]
    titles = exercises_of(task)
    assert titles == [title for title in course if title in titles]
    assert len(titles) >= 5
    readme = written(task, variant="exercise")["README.md"].data.decode()
    for number, title in enumerate(titles, start=1):
        assert f"{number}. {title}: " in readme


@pytest.mark.parametrize("task", NAMES)
def test_a_solution_shows_no_trace_of_the_exercises(task: str) -> None:
    files = written(task)
    assert "hw/tools/exercises.py" not in files
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
    """Let composition leave only some exercises to be written."""

    def partly(text: str, exercises: Mapping[str, Exercise]) -> str:
        return opened(
            REGION.sub(lambda m: m[0] if m[2] in names else m[3], text), exercises
        )

    monkeypatch.setattr(composition, "opened", partly)


def outcomes(tree: Tree, folder: Path) -> list[review.TestResult]:
    """Write a project, run its tests, and return how each ended."""
    folder.mkdir()
    write_tree(tree, folder)
    return review.run_tests(folder)


def own_tests(tree: Tree, number: int) -> int:
    """Return how many test functions belong to an exercise."""
    return sum(
        text.count(f"@pytest.mark.exercise({number})") for text in code(tree).values()
    )


def assert_only_its_own_fail(found: list[review.TestResult], number: int) -> None:
    """Check that every failure is one of an exercise, and that all others wait."""
    failed = [test for test in found if test.outcome == "failed"]
    assert failed
    assert all(test.reason.startswith(f"exercise {number},") for test in failed), failed
    waiting = {test.reason for test in found if test.outcome == "skipped"}
    assert waiting <= {f"waiting for exercise {number}"}


@pytest.mark.parametrize("task", ["circle"])
def test_with_all_open_the_first_fails_and_the_others_wait(
    task: str, tmp_path: Path
) -> None:
    tree = written(task, variant="exercise")
    found = outcomes(tree, tmp_path / "hw")
    assert_only_its_own_fail(found, 1)
    assert any(test.outcome == "skipped" for test in found)


def names_of(task: str) -> list[str]:
    """Return the names of the exercises of a task, in their order."""
    plugin = find_task(task)
    layers = composition.stack_layers(Recipe((plugin,)))
    texts = [f.data.decode() for p, f in layers.items() if p.endswith(".py")]
    return list(composition.find_exercises(Recipe((plugin,)), texts))


def check_alone(
    task: str, name: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Leave one exercise open, and check what fails."""
    open_only(monkeypatch, {name})
    tree = written(task, variant="exercise")
    number = names_of(task).index(name) + 1
    found = outcomes(tree, folder)
    assert_only_its_own_fail(found, number)
    failed = {test.name.partition("[")[0] for test in found if test.outcome == "failed"}
    assert len(failed) == own_tests(tree, number)


@pytest.mark.parametrize("name", ["model", "step"])
def test_an_exercise_alone_fails_exactly_its_own_tests(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_alone("line", name, tmp_path / "hw", monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("task", "name"), [(task, name) for task in NAMES for name in names_of(task)]
)
def test_every_exercise_alone_fails_exactly_its_own_tests(
    task: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_alone(task, name, tmp_path / "hw", monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize("task", NAMES)
def test_all_tests_pass_once_every_solution_is_filled_in(
    task: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_only(monkeypatch, set())
    found = outcomes(written(task, variant="exercise"), tmp_path / "hw")
    assert {test.outcome for test in found} == {"passed"}


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


def test_the_command_shows_how_far_one_is(tmp_path: Path) -> None:
    words = ("--task", "circle", "--set", "variant=exercise")
    folder = make_project(tmp_path, "hw", words)
    solution = code(written("circle"))["hw/data.py"]
    (folder / "hw" / "data.py").write_text(solution)
    found = run_python("-m", "hw", "exercises", "--hint", folder=folder)
    assert found.code == 0, found.err
    assert re.search(r"   1 make the data +done", found.out)
    assert re.search(r"-> 2 write the model +to be written", found.out)
    assert "In hw/model.py." in found.out
    assert "Hint: nn.Sequential" in found.out
    replace(folder / "hw" / "data.py", "test_size=0.2", "test_size=0.5")
    found = run_python("-m", "hw", "exercises", folder=folder)
    assert re.search(r"-> 1 make the data +not right yet: tests/test_", found.out)
    assert "A hint: add --hint." in found.out


def test_a_fix_reaches_students_and_leaves_what_they_wrote(
    scaffold: Scaffold, tmp_path: Path
) -> None:
    rings = shutil.copytree(find_task("circle").folder, tmp_path / "rings")
    replace(rings / "plugin.toml", 'name = "circle"', 'name = "rings"')
    words = ("--task", "rings", "--plugin", rings, "--set", "variant=exercise")
    folder = tmp_path / "hw"
    assert scaffold("new", folder, *words, "--defaults").code == 0
    solution = code(written("circle"))
    for path in ("hw/data.py", "hw/model.py", "hw/objective.py"):
        fill_in(folder / path, solution[path])
    commit(folder)
    before = spans(folder)
    assert sum("raise NotImplementedError" not in span for span in before) >= 4

    overlay = rings / "project" / "{{ package }}"
    replace(overlay / "data.py", "noisy points on", "many points on")
    replace(
        overlay / "objective.py",
        '"""Return 1 for each right',
        '"""Give 1 for each right',
    )
    replace(overlay / "model.py", "return self.layers(x).squeeze(dim=1)", "return x")
    replace(rings / "plugin.toml", "torch.sigmoid makes", "a sigmoid makes")
    replace(rings / "plugin.toml", 'version = "0.1.0"', 'version = "0.2.0"')
    done = scaffold("update", folder, "--plugin", rings)
    assert done.code == 0, done.err
    assert spans(folder) == before
    assert "many points on" in (folder / "hw" / "data.py").read_text()
    assert "Give 1 for each" in (folder / "hw" / "objective.py").read_text()


def fill_in(path: Path, solution: str) -> None:
    """Write solutions between the marks of exercises, as a student does."""
    text = path.read_text()
    for match in EXERCISE.finditer(path.read_text()):
        before, after = text.split(match[0], 1)
        head, tail = before.splitlines()[-1], after.splitlines()[0:]
        begin = solution.index(head) + len(head) + 1
        rest = next((line for line in tail if line.strip()), "")
        end = solution.index(rest, begin) if rest else len(solution)
        lines = match[0].splitlines(keepends=True)
        body = solution[begin:end].rstrip("\n") + "\n"
        text = before + lines[0] + body + lines[-1] + after
    path.write_text(text)


def spans(folder: Path) -> list[str]:
    """Return all exercises in a project, with what stands between their marks."""
    files = sorted((folder / "hw").rglob("*.py"))
    return [match[0] for path in files for match in EXERCISE.finditer(path.read_text())]


# explanations


def test_a_task_is_explained_in_the_order_to_read_it(scaffold: Scaffold) -> None:
    done = scaffold("explain", "circle")
    assert done.code == 0
    assert re.search(r"3  my_circle/data.py +circle  the points", done.out)
    assert re.search(r"6  my_circle/engine.py +base ", done.out)
    assert done.out.index("config.py") < done.out.index("data.py")


def test_a_project_a_file_and_a_function_are_explained(
    scaffold: Scaffold, tmp_path: Path
) -> None:
    folder = tmp_path / "hw"
    assert scaffold("new", folder, "--task", "circle", "--defaults").code == 0
    assert "hw/engine.py" in scaffold("explain", folder).out
    (folder / "hw" / "own.py").write_text('"""Mine."""\n')
    assert "A file of yours" in scaffold("explain", folder / "hw" / "own.py").out
    engine = folder / "hw" / "engine.py"
    out = scaffold("explain", engine).out
    assert "From the base." in out
    assert "train_epoch\n" in out
    assert "What to change\nChange the step itself" in out
    out = scaffold("explain", f"{engine}:train_epoch").out
    assert "def train_epoch(model: nn.Module" in out
    assert "Learn from every example once" in out
    assert (
        "BentLayers.forward" in scaffold("explain", f"{folder}/hw/model.py:forward").out
    )


@pytest.mark.parametrize(
    ("subject", "code", "message"),
    [
        ("squares", 2, "'squares' is no project, no file and no task"),
        ("{hw}/hw/engine.py:train", 2, "did you mean 'train_epoch'?"),
        ("{hw}/../alone.py", 1, "is in no project of scaffold"),
    ],
)
def test_what_cannot_be_explained_is_said(
    subject: str, code: int, message: str, scaffold: Scaffold, tmp_path: Path
) -> None:
    folder = tmp_path / "hw"
    (tmp_path / "alone.py").write_text("")
    assert scaffold("new", folder, "--task", "circle", "--defaults").code == 0
    done = scaffold("explain", subject.format(hw=folder))
    assert done.code == code
    assert message in done.err


def test_all_that_is_explained_is_there() -> None:
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


def test_the_way_from_the_notebook_is_the_code_s() -> None:
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
        "settings",
    ):
        assert word in steps


# a class


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


def test_a_class_is_looked_at_and_a_broken_project_stops_nobody(
    classroom: Path, scaffold: Scaffold
) -> None:
    done = scaffold("status", "--recursive", classroom)
    assert done.code == 1
    assert re.search(r"^ada +circle  current", done.out, re.MULTILINE)
    assert re.search(r"^hw/bob +broken +.*holds no answers", done.out, re.MULTILINE)
    assert re.search(r"^hw/eve +circle  current", done.out, re.MULTILINE)
    assert "2 current, 1 broken" in done.out
    table = json.loads(scaffold("status", "--recursive", classroom, "--json").out)
    states = [project["state"] for project in table["projects"]]
    assert states == ["current", "broken", "current"]
    assert scaffold("status", "--recursive", classroom / "hw" / "eve").code == 0


def test_a_folder_without_projects_is_said(scaffold: Scaffold, tmp_path: Path) -> None:
    done = scaffold("status", "--recursive", tmp_path)
    assert done.code == 1
    assert "has no project of scaffold in it" in done.err


def test_a_submission_is_reviewed(
    classroom: Path, scaffold: Scaffold, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(classroom / "ada", tmp_path / "ada"))
    data = code(written("circle"))["hw/data.py"]
    fill_in(folder / "ada" / "data.py", data)
    model = folder / "ada" / "model.py"
    model.write_text(re.sub(r" *# (end of )?exercise 2.*\n", "", model.read_text()))
    for path in (folder / "tests").glob("*.py"):
        path.unlink()
    tests = "def test_good():\n    pass\n\n\ndef test_bad():\n    assert 1 == 2\n"
    (folder / "tests" / "test_own.py").write_text(tests)

    found = json.loads(scaffold("diff", folder, "--report", "--json").out)
    states = {work["title"]: work["state"] for work in found["exercises"]}
    assert states["make the data"] == "written"
    assert states["write the model"] == "marks gone"
    assert states["choose the loss"] == "open"
    assert found["tests"] is None

    done = scaffold("diff", folder, "--report", "--run-tests")
    assert "Running the tests" in done.err
    assert re.search(r"tests/test_own.py::test_good +passed", done.out)
    assert re.search(r"tests/test_own.py::test_bad +failed +assert 1 == 2", done.out)
    assert "1 of 2 tests passed." in done.out

    done = scaffold("diff", folder, "--report", "--markdown")
    assert "| 1 make the data | ada/data.py | written | +" in done.out


def test_options_of_the_report_need_the_report(
    classroom: Path, scaffold: Scaffold
) -> None:
    assert scaffold("diff", classroom / "ada", "--run-tests").code == 2


def test_tests_that_cannot_run_are_said(
    classroom: Path, scaffold: Scaffold, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(classroom / "ada", tmp_path / "ada"))
    replace(
        folder / "pyproject.toml", "[tool.pytest.ini_options]", "[tool.pytest.ini_opt"
    )
    done = scaffold("diff", folder, "--report", "--run-tests")
    assert done.code == 1
    assert "its tests cannot be run" in done.err
