"""The generated projects: they train, save, load, and are good code to read.

That they reach the expected results is tested in tests/check.
"""

import ast
import contextlib
import csv
import json
import re
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from conftest import FEATURES, NAMES, TASKS, Done, Project, make_project, run_python
from own_tests import OwnResults, failures, run_own_tests, write_project

from scaffold.catalog.discovery import BASE
from scaffold.check.files import lint
from scaffold.compose.recipe import Recipe
from scaffold.project.bundle import BUNDLE
from scaffold.project.create import render_project

# Values that break one way of quoting or another; each has to arrive as typed.
HOSTILE = [
    "say \"hi\" and 'bye'",
    "back\\slash \\n \\u0041",
    "{{ 7 * 7 }} {% raw %} {# no #}",
    "# {% if x %} # hash",
    "emoji 🙂 and é, 中文",
    "yes",
    "- list: [1, 2]",
    "'''\"\"\"```",
    "$HOME `id` %s %(x)s",
    " spaces around ",
    "null",
    "</text> &amp; <!-- slot: files -->",
]


def rows(project: Project) -> list[dict[str, str]]:
    text = (project.folder / "runs/001/metrics.csv").read_text()
    return list(csv.DictReader(text.splitlines()))


def files(folder: Path) -> set[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(listed.stdout.split("\0")[:-1])


def python_files(folder: Path) -> list[Path]:
    return [folder / name for name in files(folder) if name.endswith(".py")]


def test_every_row_of_the_metrics_is_full_and_in_order(project: Project) -> None:
    recorded = rows(project)
    config = json.loads((project.folder / "runs/001/config.json").read_text())
    stopped = re.search(r"stopped early in epoch (\d+)", project.training.out)
    epochs = int(stopped[1]) + 1 if stopped else config["epochs"]
    assert [int(row["epoch"]) for row in recorded] == list(range(epochs))
    assert all(value for row in recorded for value in row.values())


def test_evaluate_in_a_new_process_prints_what_was_trained(project: Project) -> None:
    done = run_python("-m", project.package, "evaluate", folder=project.folder)
    assert done.code == 0, done.err
    run, loss, metric = re.split(r": |  ", done.out.splitlines()[0])
    assert run == "runs/001"
    last = rows(project)[-1]
    for name, value in (loss.split(), metric.split()):
        if name in last:  # with a validation split, the record has no test metric
            assert f"{float(last[name]):.4g}" == value


@pytest.mark.parametrize("project", ["diabetes"], indirect=True)
def test_predictions_take_values_and_csv_files(
    project: Project, tmp_path: Path
) -> None:
    folder, file = project.folder, tmp_path / "in.csv"
    header = "age,sex,bmi,bp,s1,s2,s3,s4,s5,s6"
    person = "59,2,32.1,101,157,93.2,38,4,4.8598,87"  # the first of the study, 151
    file.write_text(f"{header}\n{person}\n")
    words = ("-m", project.package, "predict")
    from_file = run_python(*words, "--input", file, folder=folder)
    typed = run_python(*words, *person.split(","), folder=folder)
    assert from_file.out == typed.out
    assert 150 < float(from_file.out) < 270
    with file.open("a") as lines:
        lines.write("," * 9 + "\n")
    refused = run_python(*words, "--input", file, folder=folder)
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.startswith("error: missing or invalid input: ")
    assert refused.err.count("\n") == 1


def test_it_holds_exactly_the_files_that_show_lists(
    project: Project, scaffold: Callable[..., Done]
) -> None:
    task = project.folder.name.removeprefix("my-")
    shown = json.loads(scaffold("show", task, "--json").out)
    assert files(project.folder) == set(shown["files"])


def test_every_file_says_what_it_is_for(project: Project) -> None:
    readme = (project.folder / "README.md").read_text()
    for name in files(project.folder):
        assert Path(name).name in readme
    for path in python_files(project.folder):
        assert ast.get_docstring(ast.parse(path.read_text())), path


def test_no_trace_of_the_template_is_left(project: Project) -> None:
    for name in files(project.folder) - {BUNDLE}:
        text = (project.folder / name).read_text()
        assert not re.search(r"\{\{|# ?\{%|slot: |\bpackage\.", text), name
        assert text.endswith("\n"), name


def test_modules_and_functions_are_short(project: Project) -> None:
    """The longest is train.py of a table, with early stopping."""
    for path in python_files(project.folder):
        tree = ast.parse(path.read_text())
        assert path.read_text().count("\n") <= 129, path
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                assert length <= 45, f"{path.name}: {node.name} has {length} lines"


def test_no_module_is_named_like_a_package(project: Project) -> None:
    taken = {"datasets", "utils", "types", "test", *sys.stdlib_module_names}
    package = project.folder / project.package
    modules = {path.stem for path in package.rglob("*.py")} - {"__init__", "__main__"}
    assert not modules & taken


def test_a_longest_name_leaves_the_code_well_formed(tmp_path: Path) -> None:
    for task in TASKS:
        words = ["--task", task.manifest.name, "--no-git", "--preset", "full"]
        folder = make_project(tmp_path, f"{task.manifest.name:x<40}", words)
        assert list(lint(folder)) == []


@pytest.mark.parametrize("text", HOSTILE)
def test_free_text_arrives_as_typed_in_every_file(text: str) -> None:
    for task in TASKS:
        given = {"author": text, "description": text, "project_name": "x"}
        written = render_project(Recipe((task,)), given).files
        project = tomllib.loads(written["pyproject.toml"].data.decode())["project"]
        assert project["description"] == text
        assert project["authors"] == [{"name": text}]
        answers = yaml.safe_load(written[".copier-answers.yml"].data)
        assert (answers["author"], answers["description"]) == (text, text)
        assert text in written["README.md"].data.decode()
        for path, file in written.items():
            if path.endswith(".py"):
                ast.parse(file.data)


def test_free_text_is_quoted_wherever_it_is_put_into_data() -> None:
    roots = [BASE / "project", *(plugin.folder for plugin in (*TASKS, *FEATURES))]
    for path in (path for root in roots for path in root.rglob("*.jinja")):
        if path.name.endswith(".md.jinja"):
            continue
        for expression in re.findall(r"\{\{(.*?)\}\}", path.read_text()):
            quoted = "to_json(ensure_ascii=False)" in expression
            known = "_copier_answers" in expression or "${{" in expression
            assert quoted or known, f"{path}: {expression}"


def test_templates_are_python_that_passes_the_rules_in_place() -> None:
    roots = [BASE, *(plugin.folder for plugin in (*TASKS, *FEATURES))]
    for path in (path for root in roots for path in root.rglob("*.py")):
        ast.parse(path.read_text())
    for words in (["check"], ["format", "--check"]):
        command = [sys.executable, "-m", "ruff", *words, "--no-cache", *map(str, roots)]
        done = subprocess.run(command, capture_output=True)
        assert done.returncode == 0, done.stdout.decode()


def test_templates_are_checked_by_the_rules_of_the_projects(project: Project) -> None:
    ours, theirs = (
        tomllib.loads((folder / "pyproject.toml").read_text())["tool"]["ruff"]
        for folder in (BASE.parent, project.folder)
    )
    assert theirs["line-length"] == ours["line-length"]
    assert theirs["target-version"] == ours["target-version"]
    assert theirs["lint"]["select"] == ours["lint"]["select"]
    assert {*theirs["lint"].get("ignore", ())} <= {*ours["lint"]["ignore"]}


def test_help_lists_the_fields_of_the_config_without_loading_torch(
    project: Project,
) -> None:
    words = ("-X", "importtime", "-m", project.package, "train", "--help")
    done = run_python(*words, folder=project.folder)
    config = (project.folder / project.package / "config.py").read_text()
    for name in re.findall(r"^    (\w+): .* = Field\(", config, re.MULTILINE):
        assert f"--{name.replace('_', '-')}" in done.out
    assert not re.search(r"\| +torch$", done.err, re.MULTILINE)


def test_a_run_that_signals_end_resumes_exactly(tmp_path: Path) -> None:
    folder = make_project(tmp_path, "x", ["--task", "circle", "--no-git"])
    log = folder / "runs" / "001" / "metrics.csv"
    for number, flag in ((signal.SIGINT, "--device=cpu"), (signal.SIGTERM, "--resume")):
        rows_before = count_lines(log)
        command = [sys.executable, "-m", "x", "train", flag, "--epochs", "100000"]
        process = subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL)
        wait_for(lambda start=rows_before: count_lines(log) > start + 20)
        process.send_signal(number)
        assert process.wait(timeout=60) == -number  # a shell reports 128 + number
    epochs = ("--epochs", str(count_lines(log) + 20))
    for flag in ("--resume", "--device=cpu"):
        done = run_python("-m", "x", "train", flag, *epochs, folder=folder)
        assert done.code == 0, done.err
    assert log.read_text() == (folder / "runs/002/metrics.csv").read_text()


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


def count_lines(path: Path) -> int:
    with contextlib.suppress(FileNotFoundError):
        return path.read_text().count("\n")
    return 0


COURSE = {  # epoch: training loss, test loss; published figures of the course
    0: (0.128, 0.337),
    20: (0.082, 0.218),
    40: (0.072, 0.175),
    60: (0.065, 0.153),
    80: (0.058, 0.137),
    100: (0.051, 0.121),
    120: (0.045, 0.104),
    140: (0.038, 0.088),
    160: (0.031, 0.072),
    180: (0.024, 0.056),
    200: (0.017, 0.040),
    220: (0.010, 0.024),
    240: (0.003, 0.007),
    260: (0.008, 0.007),
    280: (0.008, 0.007),
}


def test_line_reproduces_the_published_figures_of_the_course(tmp_path: Path) -> None:
    answers = ("weight=0.3", "bias=0.9", "x_step=0.01", "model=linear")
    words = [word for answer in answers for word in ("--set", answer)]
    folder = make_project(tmp_path, "w", ["--task", "line", *words])
    train = ("-m", "w", "train", "--epochs", "300", "--device", "cpu")
    out = run_python(*train, folder=folder).out
    recorded = rows(Project(folder, "w", Done(0, "", "")))
    figures = {
        epoch: (
            round(float(recorded[epoch]["train_loss"]), 3),
            round(float(recorded[epoch]["test_loss"]), 3),
        )
        for epoch in COURSE
    }
    assert figures == COURSE
    assert "learned: weight 0.3028, bias 0.891\n" in out


def test_linear_layers_do_not_learn_circles(tmp_path: Path) -> None:
    folder = make_project(tmp_path, "x", ["--task", "circle"])
    train = ("train", "--activation", "none", "--device", "cpu")
    done = run_python("-m", "x", *train, folder=folder)
    recorded = rows(Project(folder, "x", done))
    assert float(recorded[-1]["test_accuracy"]) < 0.6


@pytest.fixture(scope="module")
def own_results(tmp_path_factory: pytest.TempPathFactory) -> OwnResults:
    home = tmp_path_factory.mktemp("own")
    for task in TASKS:
        package = task.name.replace("-", "_") + "_task"
        given = {"project_name": package}
        write_project(render_project(Recipe((task,)), given).files, home, package)
    return run_own_tests(home)


@pytest.mark.parametrize("task", NAMES)
def test_the_own_tests_of_a_task_pass(task: str, own_results: OwnResults) -> None:
    assert not failures(own_results[task.replace("-", "_") + "_task"])


@pytest.mark.slow
@pytest.mark.parametrize("task", NAMES)
def test_the_own_tests_with_all_features_pass(task: str, tmp_path: Path) -> None:
    folder = make_project(tmp_path, "full", ["--task", task, "--preset", "full"])
    assert list(lint(folder)) == []
    done = run_python("-m", "pytest", "-q", folder=folder)
    assert done.code == 0, done.out
