"""The code cells of a Jupyter notebook, each with the calls in it; nothing is run."""

import ast
import re
import warnings
from pathlib import Path
from typing import NamedTuple

import msgspec

from scaffold.errors import ProjectError
from scaffold.teach.calls import list_calls
from scaffold.tree import read_regular_file

MAX_BYTES = 100_000_000  # a notebook contains its outputs, such as images
MAX_CODE = 50_000  # characters of a cell
MAX_CALL = 1_000  # characters that are kept of a call
OTHER_CELL = re.compile(r"\s*%%(?!time|timeit|capture)\w")  # such as %%bash
# Lines that IPython understands and Python does not: magics, shell commands, help.
IPYTHON = re.compile(
    r"^([ \t]*)(?:%{1,2}\w.*|!(?:.*\\\n)*.*|\?.*|[\w.]+\?{1,2}"
    r"|[\w, ]+=[ \t]*[!%]\w.*)$",
    re.MULTILINE,
)


class Cell(NamedTuple):
    """A code cell, numbered from 1: its first line, and the calls in it."""

    number: int
    first_line: str
    calls: tuple[str, ...] = ()
    problem: str = ""  # why it cannot be read


class StoredCell(msgspec.Struct):
    """A cell in the file of a notebook."""

    cell_type: str
    source: str | list[str] = ""


class StoredNotebook(msgspec.Struct):
    """The file of a notebook, as far as it is read."""

    cells: list[StoredCell]


def read_cells(path: Path) -> list[Cell]:
    """Return the code cells of a notebook; raise ProjectError if it is none."""
    data = read_regular_file(path, MAX_BYTES).removeprefix(b"\xef\xbb\xbf")
    try:
        stored = msgspec.json.decode(data, type=StoredNotebook)
    except RecursionError as error:
        raise ProjectError(f"{path} is no Jupyter notebook: nested too deep") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        hint = "open it in Jupyter, and save it as a notebook of version 4"
        raise ProjectError(f"{path} is no Jupyter notebook: {error}; {hint}") from error
    sources = ["".join(c.source) for c in stored.cells if c.cell_type == "code"]
    names: dict[str, str] = {}
    written = (source for source in sources if source.strip())
    return [read_cell(number, code, names) for number, code in enumerate(written, 1)]


def read_cell(number: int, source: str, names: dict[str, str]) -> Cell:
    """Return a cell; `names` are those that the cells before it have defined."""
    line = source.strip().partition("\n")[0][:60].rstrip()
    first_line = "".join(c if c.isprintable() else " " for c in line)
    if len(source) > MAX_CODE:
        return Cell(number, first_line, problem=f"more than {MAX_CODE} characters")
    try:
        found = list_calls(parse(source).body, names)
        calls = tuple(call[:MAX_CALL] for call in found)
    except SyntaxError as error:
        return Cell(number, first_line, problem=f"line {error.lineno}: {error.msg}")
    except (ValueError, RecursionError, MemoryError):  # null bytes, too much nesting
        return Cell(number, first_line, problem="Python cannot parse it")
    return Cell(number, first_line, calls)


def parse(source: str) -> ast.Module:
    """Return the syntax tree of a cell, without the lines that only IPython knows."""
    if OTHER_CELL.match(source):
        return ast.Module([], [])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # such as those about an escape in a string
        try:
            return ast.parse(source)
        except SyntaxError:
            return ast.parse(IPYTHON.sub(r"\1pass", source))
