"""The command `exercises` of a project says the truth, whatever its student did."""

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import indent

import pytest
from answers import COURSE, right_answers
from conftest import Done, run_python
from own_tests import write_project
from test_exercises import fill_in, render

RIGHT = right_answers("circle")
CANNOT = "error: cannot run your code: "


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project in which all exercises are solved."""
    home = tmp_path_factory.mktemp("solved")
    return write_project(fill_in(render("circle"), RIGHT, "hw"), home, "hw")


def run_exercises(folder: Path, *words: str) -> Done:
    return run_python("-m", "hw", "exercises", *words, folder=folder)


def edit(name: str, old: str, new: str) -> Callable[[Path], None]:
    """Return a function that edits a file of a project."""

    def change(folder: Path) -> None:
        text = (folder / name).read_text()
        assert old in text
        (folder / name).write_text(text.replace(old, new))

    return change


def add(name: str, line: str) -> Callable[[Path], None]:
    """Return a function that adds a line at the end of a file of a project."""

    def change(folder: Path) -> None:
        (folder / name).write_text((folder / name).read_text() + f"{line}\n")

    return change


def remove(name: str) -> Callable[[Path], None]:
    """Return a function that removes files of a project."""

    def delete(folder: Path) -> None:
        for path in folder.glob(name):
            path.unlink()

    return delete


def set_limits(test: int, imports: int) -> Callable[[Path], None]:
    """Return a function that sets the seconds that the command waits."""
    name = "hw/exercise_results.py"
    return edit(name, "LIMIT_S = 20, 120 ", f"LIMIT_S = {test}, {imports} ")


LOOP = "while True:\n    __import__('time').sleep(1)"
# What a student did, and what the command says then.
SLOW = {
    "conftest is broken": (
        add("tests/conftest.py", "import nothing_of_this_name"),
        CANNOT + r"tests/conftest.py, line \d+: ModuleNotFoundError: .*",
    ),
    "a test file is broken": (
        add("tests/test_data.py", "def test("),
        CANNOT + r"tests/test_data.py, line \d+: SyntaxError: .*",
    ),
    "a name is not defined": (
        add("hw/data.py", "print(unknown)"),
        CANNOT + r"hw/data.py, line \d+: NameError: name 'unknown' is not defined",
    ),
    "the code ends Python": (
        add("hw/data.py", "import os\nos._exit(0)"),
        CANNOT + r"Python ended with exit code 0.*",
    ),
    "the code exits": (
        add("hw/data.py", "raise SystemExit(0)"),
        CANNOT + r"hw/data.py, line \d+: SystemExit: 0",
    ),
    "an import does not end": (
        lambda folder: [set_limits(20, 60)(folder), add("hw/data.py", LOOP)(folder)],
        CANNOT + r"hw/data.py, line \d+: it does not end; .*endless loop\?",
    ),
    "no test belongs to an exercise": (
        lambda folder: [
            edit(str(path.relative_to(folder)), "@pytest.mark.exercise", "# ")(folder)
            for path in folder.glob("tests/test_[cdem]*.py")
            if "mark.exercise" in path.read_text()
        ],
        r"error: cannot run the tests: tests/test_data.py has no test_\w+, or .*",
    ),
    "pyproject is broken": (
        add("pyproject.toml", "[tool.pytest"),
        CANNOT + r"Python ended with exit code \d: .*pyproject.toml.*",
    ),
}
DAMAGES = {
    "a comma is missing": (
        edit("hw/data.py", "config.n_samples, noise", "config.n_samples noise"),
        CANNOT + r"hw/data.py, line \d+: SyntaxError: .*comma.*",
    ),
    "the tests are removed": (
        lambda folder: shutil.rmtree(folder / "tests"),
        "error: cannot run the tests: restore tests/conftest.py",
    ),
    "a test file is removed": (
        remove("tests/test_model.py"),
        "error: cannot run the tests: restore tests/test_model.py",
    ),
}


@pytest.mark.parametrize(
    "name", [*DAMAGES, *(pytest.param(name, marks=pytest.mark.slow) for name in SLOW)]
)
def test_what_cannot_be_run_is_never_solved(
    name: str, solved: Path, tmp_path: Path
) -> None:
    damage, message = {**DAMAGES, **SLOW}[name]
    folder = Path(shutil.copytree(solved, tmp_path / "hw"))
    damage(folder)
    done = run_exercises(folder)
    assert done.code == 1
    assert "solved" not in done.out
    assert re.fullmatch(message, done.err.strip())


def test_when_all_are_solved_it_says_so_and_exits_with_0(solved: Path) -> None:
    done = run_exercises(solved)
    assert done.code == 0, done.err
    assert len(re.findall(r"^   \d [a-z ]+ solved$", done.out, re.MULTILINE)) == 8
    assert "All exercises are solved." in done.out


def test_a_package_that_was_moved_to_src_is_found(solved: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(solved, tmp_path / "hw"))
    (folder / "src").mkdir()
    (folder / "hw").rename(folder / "src" / "hw")
    done = run_exercises(folder / "src")
    assert (done.code, done.err) == (0, "")


def test_it_shows_what_is_next_its_tests_and_one_hint_more_each_time(
    tmp_path: Path,
) -> None:
    tree = fill_in(render("circle"), {"data": RIGHT["data"]}, "hw")
    folder = write_project(tree, tmp_path, "hw")
    done = run_exercises(folder, "--hint")
    assert done.code == 1
    assert re.search(
        r"   1 load the data +solved\n-> 2 define the model +open", done.out
    )
    assert "In hw/model.py." in done.out
    assert "\n  tests/test_model.py::test_gradients_reach_every_parameter" in done.out
    assert re.findall("^Hint: (.{10})", done.out, re.MULTILINE) == ["nn.Sequent"]
    assert "Another hint: add --hint 2." in done.out


@pytest.mark.parametrize(
    "name",
    [n if n == "model" else pytest.param(n, marks=pytest.mark.slow) for n in COURSE],
)
def test_an_endless_loop_is_stopped_and_its_place_is_named(
    name: str, tmp_path: Path
) -> None:
    loop = f"def loss_fn(*args):\n{indent(LOOP, '    ')}" if name == "loss" else LOOP
    texts = [loop for _ in RIGHT[name]]
    tree = fill_in(render("circle"), {**RIGHT, name: texts}, "hw")
    folder = write_project(tree, tmp_path, "hw")
    set_limits(8 if name == "model" else 20, 120)(folder)
    done = run_exercises(folder, "--hint", "2")
    assert done.code == 1
    number = COURSE.index(name) + 1
    solved = re.findall(r"^   (\d) .* solved$", done.out, re.MULTILINE)
    assert solved == [str(n) for n in range(1, number)]
    assert re.search(rf"^-> {number} .* not right yet$", done.out, re.MULTILINE)
    where = r"Not right yet: hw/\w+.py, line \d+: it does not end; is there an endless"
    assert re.search(where, done.out)
    assert done.out.count("\nHint: ") == 2


def test_watch_runs_again_when_a_file_is_saved_and_ctrl_c_ends_it_quietly(
    solved: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(solved, tmp_path / "hw"))
    remove("tests/conftest.py")(folder)  # fails at once, to be fast
    command = [sys.executable, "-m", "hw", "exercises", "--watch"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=folder, **pipes) as process:
        assert process.stdout
        assert process.stderr
        for _ in range(2):
            assert "restore tests/conftest.py" in process.stderr.readline()
            while "Ctrl-C" not in process.stdout.readline():
                pass
            (folder / "hw" / "new.py").touch()
            (folder / "hw" / "model.py").touch()
        process.send_signal(signal.SIGINT)
        assert process.wait() in (-signal.SIGINT, 130)
        assert "Traceback" not in process.stderr.read()
