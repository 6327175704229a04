"""Cases in which an update could lose data of the user.

Each ends with an error before any change, a conflict, or a row that names
the file, and the data is kept. With the same project, plain
`copier update` 9.19 exited with 0 and lost the data in eleven cases:

- dropped by the template; renamed by the template; tracked, ignored and dropped
- binary, changed by both; binary, dropped by the template; binary, made a text
- ignored file in the way
- link in place of a folder; new file below a linked folder (edits below the link)
- skip-worktree; assume-unchanged
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from test_update_properties import run, state
from updates import NOTES, TEXT, Rings, commit, git, make_rings, replace

LOGO, DEEP, NEW = "docs/logo.png", "docs/deep/below.md", "docs/new.md"
USER = "what the user wrote"


class Case(NamedTuple):
    """Changes of the user and of the template, and the expected end of the update."""

    name: str
    user: Callable[[Path], object]
    template: Callable[[Rings], object]
    end: str  # the kind of the row of `path`, or a part of the refusal
    path: str = NOTES
    committed: bool = True


def edit(project: Path, path: str = NOTES) -> None:
    """Edit a text as the user, away from the changes of the template."""
    replace(project / path, "line 15\n", f"line 15\n{USER}\n")


def put(path: str, ignored: bool = False) -> Callable[[Path], None]:
    """Return a function that adds a file of the user to a project."""

    def do(project: Path) -> None:
        target = project / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(f"{USER}\n")
        if ignored:
            with (project / ".gitignore").open("a") as file:
                file.write(f"/{path}\n")

    return do


def improve(rings: Rings) -> None:
    replace(rings.overlay / NOTES, "line 3\n", "line three\n")


def write(path: str, data: str | bytes = "new\n") -> Callable[[Rings], object]:
    return lambda rings: rings.write(path, data)


def drop(path: str, *more: str) -> Callable[[Rings], None]:
    """Return a function that removes a file and adds others."""

    def do(rings: Rings) -> None:
        rings.remove(path)
        if not any((rings.overlay / path).parent.iterdir()):
            (rings.overlay / path).parent.rmdir()
        for name in more:
            rings.write(name, TEXT)

    return do


def link(path: str, to: str) -> Callable[[Path], None]:
    def do(project: Path) -> None:
        (project / path).unlink()
        (project / to).write_text(TEXT + USER)
        (project / path).symlink_to(
            os.path.relpath(project / to, (project / path).parent)
        )

    return do


def link_folder(project: Path) -> None:
    (project / "docs").rename(project / "texts")
    (project / "docs").symlink_to("texts")
    edit(project)


def binary(project: Path) -> None:
    (project / LOGO).write_bytes(b"\0" + USER.encode())


def rewrite(
    change: Callable[[bytes], bytes], path: str = NOTES
) -> Callable[[Path], None]:
    def do(project: Path) -> None:
        edit(project, path)
        data = (project / path).read_bytes()
        (project / path).write_bytes(change(data))

    return do


def with_attributes(line: str) -> Callable[[Path], None]:
    def do(project: Path) -> None:
        with (project / ".gitattributes").open("a") as file:
            file.write(line + "\n")
        edit(project)

    return do


def with_setting(key: str, value: str) -> Callable[[Path], None]:
    def do(project: Path) -> None:
        git(project, "config", key, value)
        edit(project)

    return do


def hide(flag: str) -> Callable[[Path], None]:
    def do(project: Path) -> None:
        commit(project) if git(project, "status", "--short") else None
        git(project, "update-index", flag, NOTES)
        edit(project)

    return do


def ignore_tracked(project: Path) -> None:
    edit(project)
    with (project / ".gitignore").open("a") as file:
        file.write("/docs/\n")
    git(project, "commit", "--quiet", "--all", "--message", "ignored")


def nested(project: Path) -> None:
    """Replace a folder by a repository of the user."""
    (project / NEW).mkdir()
    git(project / NEW, "init", "--quiet")
    (project / NEW / "mine.txt").write_text(USER)
    with (project / ".gitignore").open("a") as file:
        file.write(f"/{NEW}/\n")


def trail(data: bytes) -> bytes:
    return data.replace(b"line 16\n", b"line 16   \t\n")


def to_crlf(data: bytes) -> bytes:
    return data.replace(b"\n", b"\r\n")


def to_latin(data: bytes) -> bytes:
    return data + "schön\n".encode("latin-1")


IN_PLACE = "is in its place"
CASES = [
    Case("dropped by the template", edit, drop(NOTES), "kept"),
    Case("renamed by the template", edit, drop(NOTES, "docs/renamed.md"), "kept"),
    Case("binary, changed by both", binary, write(LOGO, b"\0new"), "conflict", LOGO),
    Case("binary, dropped by the template", binary, drop(LOGO), "kept", LOGO),
    Case(
        "binary, made a text by the template",
        binary,
        write(LOGO, "text\n"),
        "conflict",
        LOGO,
    ),
    Case("text, made binary by the template", edit, write(NOTES, b"\0new"), "conflict"),
    Case("ignored file in the way", put(NEW, True), write(NEW), IN_PLACE, NEW),
    Case(
        "ignored folder in the way",
        put("docs/out/a.txt", True),
        write("docs/out"),
        IN_PLACE,
    ),
    Case(
        "ignored file in place of a folder",
        put("docs/out", True),
        write("docs/out/new.md"),
        IN_PLACE,
    ),
    Case("ignored repository in the way", nested, write(NEW), IN_PLACE),
    Case("untracked file in the way", put(NEW), write(NEW), IN_PLACE, committed=False),
    Case(
        "untracked folder in the way",
        put("docs/out/a.txt"),
        write("docs/out"),
        IN_PLACE,
        committed=False,
    ),
    Case("other case in the way", put("docs/NEW.md"), write(NEW), IN_PLACE),
    Case("added by both", put(NEW), write(NEW), "conflict", NEW),
    Case("file becomes a folder", edit, drop(NOTES, f"{NOTES}/part.md"), IN_PLACE),
    Case(
        "folder becomes a file",
        lambda p: edit(p, DEEP),
        drop(DEEP, "docs/deep"),
        IN_PLACE,
    ),
    Case(
        "user's file in a folder that becomes a file",
        put("docs/deep/mine.md"),
        drop(DEEP, "docs/deep"),
        IN_PLACE,
    ),
    Case("link in place of a file", link(NOTES, "docs/mine.md"), improve, "conflict"),
    Case(
        "link to outside in place of a file",
        link(NOTES, "../mine.md"),
        improve,
        "conflict",
    ),
    Case(
        "link in place of a file that is dropped",
        link(NOTES, "docs/mine.md"),
        drop(NOTES),
        "kept",
    ),
    Case("link in place of a folder", link_folder, improve, "merged", "texts/notes.md"),
    Case(
        "new file below a linked folder",
        lambda p: (link_folder(p), put("texts/new.md")(p)),
        write(NEW),
        "conflict",
        "texts/new.md",
    ),
    Case(
        "made executable",
        lambda p: (edit(p), (p / NOTES).chmod(0o755)),
        improve,
        "merged",
    ),
    Case("deleted", lambda p: (p / NOTES).unlink(), improve, "skipped"),
    Case(
        "renamed by the user",
        lambda p: (edit(p), (p / NOTES).rename(p / "docs/mine.md")),
        improve,
        "merged",
        "docs/mine.md",
    ),
    Case(
        "replaced by a folder",
        lambda p: ((p / NOTES).unlink(), put(f"{NOTES}/mine.md")(p)),
        improve,
        "skipped",
    ),
    Case(
        "the same line changed by both",
        lambda p: replace(p / NOTES, "line 3\n", USER),
        improve,
        "conflict",
    ),
    Case("Windows line ends", rewrite(to_crlf), improve, "merged"),
    Case(
        "Windows line ends in the repository",
        lambda p: (
            with_attributes("*.md -text")(p),
            (p / NOTES).write_bytes(to_crlf((p / NOTES).read_bytes())),
        ),
        improve,
        "merged",
    ),
    Case("spaces at the end of lines", rewrite(trail), improve, "merged"),
    Case("not in UTF-8", rewrite(to_latin), improve, "merged"),
    Case(
        "no end of the last line", rewrite(lambda d: d.rstrip(b"\n")), improve, "merged"
    ),
    Case("attribute -diff", with_attributes("*.md -diff"), improve, "merged"),
    Case("attribute binary", with_attributes("*.md binary"), improve, "merged"),
    Case("attribute merge=ours", with_attributes("*.md merge=ours"), improve, "merged"),
    Case("attribute eol=crlf", with_attributes("*.md eol=crlf"), improve, "merged"),
    Case("attribute ident", with_attributes("*.md ident"), improve, "merged"),
    Case(
        "attribute working-tree-encoding",
        with_attributes("*.txt working-tree-encoding=UTF-16"),
        improve,
        "merged",
    ),
    Case("a filter", with_attributes("*.md filter=up"), improve, "has the Git filter"),
    Case(
        "setting diff.noprefix",
        with_setting("diff.noprefix", "true"),
        improve,
        "merged",
    ),
    Case(
        "setting diff.external",
        with_setting("diff.external", "true"),
        improve,
        "merged",
    ),
    Case(
        "setting apply.whitespace",
        with_setting("apply.whitespace", "error"),
        improve,
        "merged",
    ),
    Case(
        "setting core.autocrlf",
        with_setting("core.autocrlf", "true"),
        improve,
        "merged",
    ),
    Case(
        "setting core.fileMode",
        with_setting("core.fileMode", "false"),
        improve,
        "merged",
    ),
    Case("tracked and ignored", ignore_tracked, improve, "merged"),
    Case("tracked, ignored and dropped", ignore_tracked, drop(NOTES), "kept"),
    Case(
        "skip-worktree",
        hide("--skip-worktree"),
        improve,
        "is not in the working tree",
        committed=False,
    ),
    Case(
        "assume-unchanged",
        hide("--assume-unchanged"),
        improve,
        "is marked assume-unchanged",
        committed=False,
    ),
    Case("not committed", edit, improve, "has uncommitted changes", committed=False),
    Case(
        "not committed, only staged",
        lambda p: (edit(p), git(p, "add", NOTES)),
        improve,
        "has uncommitted changes",
        committed=False,
    ),
]


@pytest.fixture(scope="session")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the task rings 0.1.0, and a project of it."""
    home = tmp_path_factory.mktemp("origin")
    rings = make_rings(home)
    rings.write(LOGO, b"\0old")
    rings.write(DEEP, TEXT)
    words = ("--task", "rings", "--defaults", "--plugin", rings.folder)
    assert run("new", home / "mine", *words)[0] == 0
    return home


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_user_data_is_lost(case: Case, origin: Path, tmp_path: Path) -> None:
    shutil.copytree(origin, tmp_path, symlinks=True, dirs_exist_ok=True)
    project, rings = tmp_path / "mine", Rings(tmp_path / "rings")
    case.user(project)
    if case.committed and git(project, "status", "--porcelain"):
        commit(project)
    case.template(rings)
    rings.release("0.2.0")
    before = state(project)
    path = project / case.path
    mode = path.lstat().st_mode if os.path.lexists(path) else None
    _, rows, refused = run("update", project, "--plugin", rings.folder)
    if refused:
        assert case.end in refused
        assert state(project) == before
        return
    assert rows[case.path] == case.end
    assert mode == (path.lstat().st_mode if os.path.lexists(path) else None)
    after = state(project)
    for name, file in before.files.items():
        if USER.encode() in file[1]:
            assert USER.encode() in after.files[name][1]
    assert run("update", project, "--abort") == (0, {}, "")
    assert state(project) == before
