"""The tests of others run with limits: one endless loop costs its limit only."""

import subprocess
from pathlib import Path

import pytest

from scaffold.errors import ProjectError
from scaffold.teach.test_run import Limits, run_tests

LIMITS = Limits(seconds=3, megabytes=400)
TESTS = """
import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("number", [1, 2])
def test_passes(number):
    child = subprocess.Popen(["sleep", "600"])
    Path(__file__).with_name(f"child-{number}").write_text(str(child.pid))


def test_loop():
    while True:
        try:
            print("x" * 1000)
        except BaseException:
            pass


def test_of_the_same_exercise():
    pass


def test_that_needs_all_exercises():
    pass


def test_memory():
    assert len(bytearray(10**9))


def test_ends_the_process():
    os._exit(0)


def test_fails():
    assert 1 == 2


def test_waits():
    pytest.skip("waiting for exercise 1")
"""


def is_running(pid: str) -> bool:
    """Return whether a process still runs; one that nobody waited for is a zombie."""
    command = ["ps", "-o", "stat=", "-p", pid]
    found = subprocess.run(command, capture_output=True, text=True).stdout
    return bool(found.strip()) and not found.startswith("Z")


def test_each_test_has_an_outcome_whatever_the_others_do(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text(TESTS)
    exercises = {
        "test_a.py::test_loop": 1,
        "test_a.py::test_of_the_same_exercise": 1,
        "test_a.py::test_that_needs_all_exercises": 0,
        "test_a.py::test_memory": 2,
        "test_a.py::test_ends_the_process": 3,
        "test_a.py::test_fails": 4,
    }
    results = run_tests(tmp_path, ["-p", "no:cacheprovider"], LIMITS, exercises)
    found = {r.name.removeprefix("test_a.py::test_"): r[1:] for r in results}
    assert found == {
        "passes[1]": ("passed", ""),
        "passes[2]": ("passed", ""),
        "loop": ("failed", "no result after 3 seconds: an endless loop?"),
        "memory": ("failed", "MemoryError"),
        "ends_the_process": ("failed", "the process was ended (exit code 0)"),
        "fails": ("failed", "assert 1 == 2"),
        "waits": ("skipped", "waiting for exercise 1"),
    }
    for number in (1, 2):  # also what the tests started was killed
        assert not is_running((tmp_path / f"child-{number}").read_text())


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("x = (1,\n", "conftest.py, line 1: SyntaxError: '(' was never closed"),
        ("import nothing\n", "conftest.py, line 1: ModuleNotFoundError: No module"),
        ("while True:\n    pass\n", "while it is imported: no result after 3 seconds"),
        ("import os\nos._exit(7)\n", "the process was ended (exit code 7)"),
    ],
)
def test_code_that_cannot_be_imported_is_an_error_with_its_place(
    code: str, message: str, tmp_path: Path
) -> None:
    (tmp_path / "conftest.py").write_text(code)
    (tmp_path / "test_a.py").write_text("def test_one():\n    pass\n")
    with pytest.raises(ProjectError) as caught:
        run_tests(tmp_path, limits=LIMITS)
    assert str(caught.value).startswith(f"{tmp_path}: cannot run the tests: ")
    assert message in str(caught.value)


def test_a_file_of_tests_that_cannot_be_imported_does_not_hide_others(
    tmp_path: Path,
) -> None:
    (tmp_path / "test_a.py").write_text("import nothing\n")
    (tmp_path / "test_b.py").write_text("def test_one():\n    pass\n")
    found = {result.name: result.outcome for result in run_tests(tmp_path)}
    assert found == {"test_a.py": "failed", "test_b.py::test_one": "passed"}


def test_no_module_of_the_project_comes_before_those_of_pytest(tmp_path: Path) -> None:
    fake = tmp_path / "scaffold" / "teach" / "pytest_limits.py"
    fake.parent.mkdir(parents=True)
    for path in (fake, tmp_path / "json.py", tmp_path / "pytest.py"):
        path.write_text("raise SystemExit(0)\n")
    (tmp_path / "test_a.py").write_text("def test_one():\n    assert 1 == 2\n")
    (result,) = run_tests(tmp_path, ["-o", "pythonpath=."], LIMITS)
    assert result == ("test_a.py::test_one", "failed", "assert 1 == 2")


@pytest.mark.slow
def test_code_that_switches_the_alarm_off_is_ended_after_ten_limits(
    tmp_path: Path,
) -> None:
    lines = ["signal.setitimer(0, 0)", "while True:", "    pass"]
    loop = "".join(f"    {line}\n" for line in lines)
    (tmp_path / "test_a.py").write_text(f"import signal\n\n\ndef test_loop():\n{loop}")
    (result,) = run_tests(tmp_path, limits=Limits(seconds=1))
    assert (result.name, result.outcome) == ("test_a.py::test_loop", "failed")
