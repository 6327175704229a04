"""Lines inserted at one place are joined; other conflicts remain."""

import shutil
from pathlib import Path

import pytest
from test_add_remove import circle  # noqa: F401  a fixture
from test_update_properties import run
from updates import commit, git

from scaffold.update.insertions import join_insertions
from scaffold.update.merge import merge_text

BASE = "a = 1\nb = 2\n"
BOTH = "a = 1\nx = 3\ny = 4\nb = 2\n"
OWN = {  # the line of the file, and what its owner adds below it
    "pyproject.toml": ('    "tyro>=0.9",\n', '    "numpy>=1",\n'),
    "c/config.py": ("", '    width: int = Field(3, description="own")\n'),
    "c/__main__.py": ('"plot": plot}\n', '    commands["hello"] = lambda: print(1)\n'),
    "README.md": ("", "\n## My notes\n\nThis is mine.\n"),
}


@pytest.mark.parametrize(
    ("ours", "theirs", "joined"),
    [
        ("a = 1\nx = 3\nb = 2\n", "a = 1\ny = 4\nb = 2\n", BOTH),
        ("x = 3\na = 1\nb = 2\n", "b = 2\n", "x = 3\nb = 2\n"),
        ("a = 1\nx = 3\nb = 2\n", "a = 1\nx = 4\nb = 2\n", None),
        ("a = 5\nb = 2\n", "a = 6\nb = 2\n", None),
        ("a = 5\nb = 2\n", "b = 2\n", None),
        ("a = 1\nif a:\n    x()\nb = 2\n", "a = 1\n    y()\nb = 2\n", None),
    ],
)
def test_only_inserted_lines_are_joined(
    ours: str, theirs: str, joined: str | None
) -> None:
    sides = (text.encode() for text in (BASE, ours, theirs))
    merged = merge_text(*sides, show_base=True)
    assert merged.conflicts
    found = join_insertions("m.py", *merged)
    assert found == (joined.encode() if joined else None)


def test_a_result_that_cannot_be_parsed_and_other_files_are_conflicts() -> None:
    sides = (f"a = [\n{own}]\n".encode() for own in ("", "    1,\n", "    x = 2,\n"))
    merged = merge_text(*sides, show_base=True)
    assert join_insertions("m.py", *merged) is None
    sides = (f"[\n{own}3]\n".encode() for own in ("", "1,\n", "2,\n"))
    merged = merge_text(*sides, show_base=True)
    assert join_insertions("m.md", *merged) == b"[\n1,\n2,\n3]\n"
    assert join_insertions("m.json", *merged) is None


def test_lines_of_the_owner_beside_those_of_a_feature_stay_there(
    circle: Path,  # noqa: F811
    tmp_path: Path,
) -> None:
    project = shutil.copytree(circle, tmp_path / "c")
    for name, (place, own) in OWN.items():
        text = (project / name).read_text()
        assert text.count(place) == 1 or not place
        text = text.replace(place, place + own) if place else text.rstrip() + "\n" + own
        (project / name).write_text(text)
    commit(project)
    start = git(project, "rev-parse", "HEAD^{tree}")
    code, rows, _ = run("add", "clip", "sweep", "tracking", "--dir", project)
    assert code == 0, rows
    for name, (_, own) in OWN.items():
        assert rows[name] == "merged"
        assert own in (project / name).read_text()
    commit(project)
    assert run("remove", "clip", "sweep", "tracking", "--dir", project)[0] == 0
    assert git(project, "write-tree") == start
