"""Run the own tests of several generated projects in one pytest process.

Importing torch takes longer than the tests of a small project, so projects whose
packages have different names share a process.
"""

import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.etree import ElementTree

from warm import run_module

from scaffold.project.create import write_tree
from scaffold.teach.test_run import TestResult, first_line
from scaffold.tree import Tree

OPTIONS = """
[pytest]
addopts = --import-mode=importlib -p no:cacheprovider
filterwarnings = error
markers = exercise: a test of an exercise
"""

OwnResults = dict[str, list[TestResult]]  # by package
SUFFIX = "-project"  # so that no folder can be imported as the package in it


def write_project(tree: Tree, home: Path, package: str) -> Path:
    """Write the files of a project to a new folder in `home`, and return it."""
    folder = home / f"{package}{SUFFIX}"
    folder.mkdir(parents=True)
    write_tree(tree, folder)
    return folder


def run_own_tests(
    home: Path,
    chosen: Mapping[str, Iterable[str]] | None = None,
    options: Iterable[str] = (),
) -> OwnResults:
    """Run the tests of all projects in a folder; return their outcomes by package.

    `chosen` has the names of test files for packages of which not all should run.
    """
    folders = sorted(home.glob(f"*{SUFFIX}"))
    paths = " ".join(folder.name for folder in folders)
    (home / "pytest.ini").write_text(f"{OPTIONS}pythonpath = {paths}\n")
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.xml"
        words = ["pytest", "-q", f"--junitxml={report}"]
        words += ["-c", "pytest.ini", "--rootdir", ".", *options]
        for folder in folders:
            names = (chosen or {}).get(folder.name.removesuffix(SUFFIX), [""])
            words += [f"{folder.name}/tests/{name}" for name in names]
        code, out, err = run_module(words, home)
        assert code in (0, 1), out + err
        cases = list(ElementTree.parse(report).getroot().iter("testcase"))
    results = defaultdict(list)
    for case in cases:
        project = case.get("classname", "").partition(".")[0]
        results[project.removesuffix(SUFFIX)].append(read_case(case))
    assert len(results) == len(folders), out
    return dict(results)


def read_case(case: ElementTree.Element) -> TestResult:
    """Return the outcome of a test from a JUnit XML report."""
    module, name = case.get("classname", ""), case.get("name", "")
    name = f"{module.replace('.', '/')}.py::{name}" if module else name
    waits = case.find("skipped") is not None
    for found in case.iterfind("properties/property[@name='explanation']"):
        if not waits:
            return TestResult(name, "failed", found.get("value", ""))
    for tag in ("failure", "error"):
        for found in case.iter(tag):
            text = found.text or found.get("message") or ""
            return TestResult(name, "failed", first_line(text))
    for found in case.iter("skipped"):
        return TestResult(name, "skipped", first_line(found.get("message") or ""))
    return TestResult(name, "passed", "")


def failures(results: list[TestResult], *outcomes: str) -> list[TestResult]:
    """Return the tests that did not pass, or those with one of some outcomes."""
    if outcomes:
        return [test for test in results if test.outcome in outcomes]
    return [test for test in results if test.outcome != "passed"]
