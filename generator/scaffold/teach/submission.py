"""The code of a submission with the tests as they were generated."""

import ast
import posixpath
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from scaffold.errors import GitError, ProjectError
from scaffold.project.blobs import to_blobs
from scaffold.project.create import write_tree
from scaffold.project.local_changes import (
    list_git_files,
    read_if_file,
    with_line_endings_of,
)
from scaffold.teach.scan import read_files
from scaffold.teach.test_run import (
    DEFAULT,
    Limits,
    TestResult,
    function_of,
    run_tests,
)
from scaffold.tree import File, Tree
from scaffold.update.moves import find_moves
from scaffold.update.repository import list_tracked, open_repository

# The modules about exercises have hooks of pytest.
DECISIVE = re.compile(r"pyproject\.toml|conftest\.py|exercise\w*\.\w+|.+\.(ini|cfg)")
EXERCISE = re.compile(r"\bmark\.exercise\((\d+)\)")


class Submission(NamedTuple):
    """The files of a submission, with those that decide about its tests restored."""

    tree: Tree
    changed: list[str]  # files of the tests that the student edited or deleted
    moves: dict[str, str]  # the new paths of files that the student moved


def read_submission(folder: Path, original: Tree) -> Submission:
    """Read the files of a project; also moved ones, where the tests expect them."""
    paths = list_git_files(folder) or {path for path, _ in read_files(folder)}
    found = {path: read_if_file(folder / path) for path in sorted(paths)}
    own = {path: file for path, file in found.items() if file}
    restored = {path: file for path, file in original.items() if is_of_tests(path)}
    changed = [
        path
        for path, file in restored.items()
        if path.startswith("tests/")
        and with_line_endings_of(file, own.get(path)) != own.get(path)
    ]
    tree = {path: file for path, file in own.items() if not is_of_tests(path)}
    moves = moved_files(folder, original)
    for old, new in {**moves, **neighbours(moves, own)}.items():
        if new in own:
            tree.setdefault(old, own[new])
    return Submission(tree | restored, changed, moves)


def neighbours(moves: Mapping[str, str], own: Iterable[str]) -> dict[str, str]:
    """Return the files beside moved ones: a module that moved may import them."""
    folders = {
        posixpath.dirname(new): posixpath.dirname(old) for old, new in moves.items()
    }
    return {
        f"{old}{path.removeprefix(new)}": path
        for new, old in folders.items()
        for path in own
        if new not in ("", old) and path.startswith(f"{new}/")
    }


def moved_files(folder: Path, original: Tree) -> dict[str, str]:
    """Return the new paths of generated files that were moved, if Git knows it."""
    if all((folder / path).exists() for path in original):
        return {}
    try:
        repository = open_repository(folder)
        tracked = list_tracked(repository)
    except (ProjectError, GitError):  # not in Git, or not committed
        return {}
    return find_moves(repository, tracked, to_blobs(original), {})


def is_of_tests(path: str) -> bool:
    """Return whether a file may decide which tests run, and how."""
    name = path.rpartition("/")[2]
    return path.startswith("tests/") or bool(DECISIVE.fullmatch(name))


def expected_tests(original: Tree) -> dict[str, int]:
    """Return the tests that were generated, with the number of their exercise or 0."""
    return {
        f"{path}::{name}": number
        for path, file in original.items()
        if path.startswith("tests/test_") and path.endswith(".py")
        for name, number in list_tests(file)
    }


def list_tests(file: File) -> Iterator[tuple[str, int]]:
    """Yield the test functions of a file, with the number of their exercise or 0."""
    for node in ast.parse(file.data).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            marks = " ".join(map(ast.unparse, node.decorator_list))
            number = EXERCISE.search(marks)
            yield node.name, int(number[1]) if number else 0


def run_original_tests(
    submission: Submission, original: Tree, limits: Limits = DEFAULT
) -> list[TestResult]:
    """Run the tests as they were generated on the code of a submission.

    They run in a copy of it. A test that did not run is a result, too. Raises
    ProjectError if no test can be run.
    """
    expected = expected_tests(original)
    with tempfile.TemporaryDirectory(prefix="scaffold-") as scratch:
        folder = Path(scratch).resolve() / "submission"
        folder.mkdir()
        write_tree(submission.tree, folder)
        options = ["--rootdir", str(folder), "-o", "pythonpath=."]
        options += ["-p", "no:cacheprovider", "tests"]
        try:
            results = run_tests(folder, options, limits, expected)
        except ProjectError as error:
            raise ProjectError(str(error).removeprefix(f"{folder}: ")) from error
    ran = {function_of(result.name) for result in results}
    missing = [TestResult(name, "not run", "") for name in expected if name not in ran]
    return [*results, *missing]
