"""Run a module as a program in a fork of a process that has imported the libraries.

Importing torch takes longer than most commands of a small project. What runs is the
same as with `python -m`, in a process of its own.
"""

import os
import runpy
import sys
import tempfile
from pathlib import Path

from scaffold.check.processes import CONTEXT


def run_module(
    words: list[str], folder: Path, path: Path | None = None
) -> tuple[int, str, str]:
    """Run a module of `path`, with arguments, in a folder.

    Returns exit code, output and errors.
    """
    with tempfile.TemporaryDirectory() as scratch:
        out, err = Path(scratch, "out"), Path(scratch, "err")
        places = (folder, path or folder, out, err)
        process = CONTEXT.Process(target=execute, args=(words, *places))
        process.start()
        process.join()
        assert process.exitcode is not None
        return process.exitcode, out.read_text(), err.read_text()


def execute(words: list[str], folder: Path, path: Path, out: Path, err: Path) -> None:
    """Become `python -m` with these words."""
    for number, file in ((1, out), (2, err)):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT), number)
    sys.stdin = open(os.devnull)  # noqa: PTH123, SIM115
    os.chdir(folder)
    sys.path.insert(0, str(path))
    sys.argv = words
    try:
        runpy.run_module(words[0], run_name="__main__", alter_sys=True)
    except Exception:
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
        raise SystemExit(1) from None
