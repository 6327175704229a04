"""Random edits of a project, random changes of its template, and then an update.

Whatever both sides did, no line of the user is lost silently, files that nobody
touched are unchanged, and --abort restores the exact state before the update.
"""

import contextlib
import json
import os
import shutil
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, get_args
from unittest import mock

import copier
import hypothesis.strategies as st
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, given, seed, settings
from updates import PACKAGE, Rings, commit, git, make_rings

from scaffold.catalog.discovery import BASE
from scaffold.catalog.plugins import find_task
from scaffold.cli import cli
from scaffold.compose import composition
from scaffold.compose.recipe import Recipe
from scaffold.errors import ScaffoldError
from scaffold.project.blobs import Blob
from scaffold.project.bundle import BUNDLE
from scaffold.project.create import create, render_project
from scaffold.project.project_state import ANSWERS
from scaffold.update.merge import Kind, merge

NAME = "mine"
# What the plugin brings besides the usual, so that all kinds of files are there.
EXTRA = {
    "docs/run.sh": b"#!/bin/sh\nset -e\necho one\necho two\nexit 0\n",
    "docs/windows.txt": b"one\r\ntwo\r\nthree\r\nfour\r\nfive\r\n",
    "docs/open.txt": b"one\ntwo\nthree\nno end",
    "docs/logo.png": b"\x89PNG\0\1\2\3",
    "docs/empty.txt": b"",
    "docs/deep/below.md": b"one\ntwo\nthree\n",
}
NEW = ("docs/new-1.md", "docs/new-2.md", "docs/Deep/new.md", "tests/test_new.py")
# Edits meet more often where both sides choose among few files.
POPULAR = [*EXTRA, *NEW, "docs/notes.md", "README.md", ".gitignore", "pyproject.toml"]
POPULAR += [f"{NAME}/{name}.py" for name in ("model", "train", "engine", "device")]
FIXED = {BUNDLE, ANSWERS}  # rejected after manual edits; test_untrusted_input.py
NEEDED = {f"{NAME}/{name}" for name in ("data.py", "model.py", "loss.py")}
NEEDED |= {f"{NAME}/plots.py", f"{NAME}/config.py", "pyproject.toml"}

PARTS = ("docs/", "tests/", f"{NAME}/")  # where a plugin may write

LINES = ("insert", "insert", "change", "delete", "copy", "comment", "open", "windows")
FILES = ("remove", "rename", "folder", "executable", "binary", "add", "add")
USER = (*LINES, *LINES, *FILES, "link")


class Edit(NamedTuple):
    """An edit of one file; `mark` is a number that no other edit has."""

    kind: str
    path: str
    place: int
    mark: str


class Case(NamedTuple):
    """The edits of both sides, and the options of the update."""

    user: list[Edit]
    template: list[Edit]
    beside: list[str]  # files that are not committed
    words: list[str]
    twice: bool = True  # update again, rather than try a dry run first


class State(NamedTuple):
    """All bytes of a project, and its state in Git."""

    files: dict[str, tuple[str, bytes]]  # mode and content
    index: str
    inside: dict[str, bytes]  # of .git, without objects and the index


def edits(kinds: tuple[str, ...], side: str) -> st.SearchStrategy[list[Edit]]:
    """Return a strategy for the edits of one side."""
    paths = st.one_of(st.sampled_from(POPULAR), st.integers(0, 100).map(str))
    places = st.one_of(st.integers(0, 6), st.integers(0, 200))
    drawn = st.tuples(st.sampled_from(kinds), paths, places)
    return st.lists(drawn, min_size=2, max_size=12).map(
        lambda found: [
            Edit(*edit, f"{side}_{number}") for number, edit in enumerate(found)
        ]
    )


BESIDE = ("runs/model.pt", "data/big.csv", "notes.txt", "docs/mine/list.md", *NEW[:2])
WORDS = ([], [], [], ["--set", "model=linear"], ["--set", "comments=brief"])
CASES = st.builds(
    Case,
    edits(USER, "user"),
    edits((*LINES, *LINES, *FILES), "template"),
    st.lists(st.sampled_from(BESIDE), unique=True, max_size=3),
    st.sampled_from(WORDS),
    st.booleans(),
)


def edit_lines(data: bytes, edit: Edit, hint: str) -> bytes:
    """Return a text with one edited line; comments start with `hint`."""
    lines = data.splitlines(keepends=True)
    end = b"\r\n" if data.count(b"\r\n") else b"\n"
    row = edit.place % (len(lines) + 1)
    below = lines[row] if row < len(lines) else b""
    indent = below[: len(below) - len(below.lstrip(b" "))]
    comment = hint and edit.kind == "comment"
    text = f"{hint} {edit.mark} .".encode() if comment else f"{edit.mark} = 1".encode()
    line = indent + text + end
    match edit.kind:
        case "insert" | "comment":
            if lines and row == len(lines) and not lines[-1].endswith(b"\n"):
                lines[-1] += end
            lines.insert(row, line)
        case "change" if below:
            lines[row] = line
        case "delete":
            del lines[row : row + 1 + edit.place % 3]
        case "copy":
            lines[row:row] = lines[row // 2 : row // 2 + 4]
        case "open":
            return data.rstrip(b"\r\n")
        case "windows":
            return data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return b"".join(lines)


def apply_edit(path: Path, edit: Edit) -> None:
    """Do one edit to a file below an existing folder; some have nothing to do there."""
    if edit.kind == "add" or not path.is_file() or path.is_symlink():
        with contextlib.suppress(OSError):  # a file is in place of a folder
            path.parent.mkdir(parents=True, exist_ok=True)
            if edit.kind == "add" and not path.exists():
                path.write_text(f"same first line\n{edit.mark}\nsame last line\n")
        return
    match edit.kind:
        case "remove":
            path.unlink()
        case "rename":
            path.rename(path.with_name(f"{edit.mark}{path.suffix}"))
        case "folder":
            path.unlink()
            path.mkdir()
            (path / "below.md").write_text(f"{edit.mark}\n")
        case "executable":
            path.chmod(path.stat().st_mode ^ 0o111)
        case "binary":
            path.write_bytes(b"\0" + edit.mark.encode())
        case "link":
            path.unlink()
            path.symlink_to(edit.mark)
        case _:
            data = path.read_bytes()
            if b"\0" not in data:
                hint = "# why:" if path.suffix == ".py" and edit.place % 2 else "#"
                path.write_bytes(edit_lines(data, edit, hint))


def edit_project(project: Path, user: list[Edit]) -> None:
    """Edit a project as the user."""
    for edit in user:
        tracked = sorted(set(files_in(project)) - FIXED)
        path = edit.path
        if path.isdecimal():
            path = tracked[int(path) % len(tracked)]
        apply_edit(project / path, edit)


class Layers(NamedTuple):
    """A core and a plugin that change."""

    base: Path
    rings: Rings

    def paths(self) -> dict[str, Path]:
        """Return the files of both, by their path in a project."""
        found = {}
        for root in (self.base / "project", self.rings.overlay):
            for name in files_in(root):
                path = name.replace(PACKAGE, NAME).removesuffix(".jinja")
                found[path] = root / name
        return found

    def change(self, edit: Edit) -> None:
        """Do one edit to a layer, unless the template would be broken after it."""
        known = self.paths()
        path = edit.path
        if path.isdecimal():
            path = sorted(known)[int(path) % len(known)]
        file = known.get(path, self.rings.overlay / path.replace(NAME, PACKAGE))
        kind = edit.kind
        if path not in known and not path.startswith(PARTS):
            return
        if path in FIXED or (kind not in LINES and path in NEEDED):
            return
        if path.endswith(("config.py", "pyproject.toml")):
            kind = "comment"
        data = file.read_bytes() if file.is_file() else b""
        if file.suffix == ".jinja" or b"{%" in data or b"### " in data:
            kind = "insert" if kind in LINES and kind != "comment" else kind
        if kind == "rename" and path.startswith((NAME, "tests")):
            return
        apply_edit(file, edit._replace(kind=kind))

    def finish(self) -> None:
        """Release it: the plugin must name its files."""
        self.rings.release("0.2.0")
        toml = self.rings.folder / "plugin.toml"
        text = toml.read_text().partition("[files]\n")[0]
        names = (path.removesuffix(".jinja") for path in files_in(self.rings.overlay))
        text += "[files]\n" + "".join(f'"{name}" = "a file"\n' for name in names)
        toml.write_text(text)

    def recipe(self) -> Recipe:
        return Recipe((find_task("rings", [self.rings.folder]),))


def files_in(root: Path) -> list[str]:
    """Return all files below a root, except those of Git."""
    found = []
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if not name.startswith(".git/") and (path.is_symlink() or path.is_file()):
            found.append(name)
    return found


@pytest.fixture(scope="session")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a base, the task rings 0.1.0, and a project of it."""
    home = tmp_path_factory.mktemp("origin")
    shutil.copytree(BASE, home / "base")
    rings = make_rings(home)
    for path, data in EXTRA.items():
        rings.write(path, data)
    (rings.overlay / "docs/run.sh").chmod(0o755)
    recipe = Layers(home / "base", rings).recipe()
    create(render_project(recipe, {"project_name": NAME}), home / NAME)
    shutil.rmtree(home / NAME / ".git" / "hooks")  # samples; hundreds of copies follow
    git(home / NAME, "config", "maintenance.auto", "false")
    return home


@contextlib.contextmanager
def changed(origin: Path, template: list[Edit]) -> Iterator[tuple[Path, Layers]]:
    """Yield a copy of a project, and layers with changes."""
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch) / "home"
        shutil.copytree(origin, home, symlinks=True)
        layers = Layers(home / "base", Rings(home / "rings"))
        for edit in template:
            layers.change(edit)
        layers.finish()
        with mock.patch.object(composition, "BASE", layers.base):
            yield home / NAME, layers


class Rows(dict[str, str]):
    """The kind of each row by path; `moved` has where moved files came from."""

    moved: dict[str, str]


def run(*words: str | Path) -> tuple[int, Rows, str]:
    """Run `scaffold`; return exit code, the kinds of its rows, and its error."""
    done = CliRunner().invoke(cli, [*map(str, words), "--json"], standalone_mode=False)
    if isinstance(done.exception, ScaffoldError):
        return done.exception.exit_code, Rows(), str(done.exception)
    if done.exception:
        raise done.exception
    changes = json.loads(done.stdout).get("changes", ())
    rows = Rows({row["path"]: row["kind"] for row in changes})
    rows.moved = {row["path"]: row.get("moved_from", row["path"]) for row in changes}
    return done.return_value or 0, rows, ""


def state(project: Path) -> State:
    """Return the state of a project."""
    files = {}
    for name in files_in(project):
        path = project / name
        if path.is_symlink():
            files[name] = "link", os.fsencode(path.readlink())
        else:
            mode = "executable" if os.access(path, os.X_OK) else "plain"
            files[name] = mode, path.read_bytes()
    index = git(
        project, "status", "--porcelain=v2", "--untracked-files=all", "--ignored"
    )
    inside = {
        path.relative_to(project).as_posix(): path.read_bytes()
        for path in (project / ".git").rglob("*")
        if path.is_file() and path.name != "index" and "objects" not in path.parts
    }
    return State(files, index, inside)


def lines_of(file: tuple[str, bytes] | None) -> Counter[bytes]:
    """Count the lines of a file, regardless of line endings."""
    if file is None or file[0] == "link":
        return Counter()
    return Counter(line.rstrip(b"\r\n") for line in file[1].splitlines())


def account(
    base: State, ours: State, theirs: dict[str, bytes], now: State, rows: Rows
) -> None:
    """Assert that an update lost nothing; `rows` has the kind of each file."""
    for path in base.files.keys() | ours.files.keys() | now.files.keys():
        source = rows.moved.get(path, path)
        was, mine, got = (
            base.files.get(source),
            *(s.files.get(path) for s in (ours, now)),
        )
        kind = rows.get(path, "")
        if kind in {"", "kept", "skipped"}:
            assert got == mine, path
        elif kind == "new":
            assert mine is None and got is not None, path
        elif kind in {"updated", "removed"}:  # line ends may be the user's
            assert mine and was and (got is None) == (kind == "removed"), path
            assert mine[0] == was[0] and lines_of(mine) == lines_of(was), path
        else:
            assert mine and got, path
            added, dropped = (
                lines_of(mine) - lines_of(was),
                lines_of(was) - lines_of(mine),
            )
            assert added <= lines_of(got), (path, added - lines_of(got))
            if kind == "merged":
                news = Counter(
                    line.rstrip(b"\r\n") for line in theirs[source].splitlines()
                )
                for line in dropped:
                    allowed = lines_of(mine)[line] + max(
                        0, news[line] - lines_of(was)[line]
                    )
                    comment = line.lstrip().startswith(b"#")
                    assert comment or lines_of(got)[line] <= allowed, (path, line)
            if kind == "conflict" and got != mine:
                assert b"<<<<<<< your edits" in got[1], path


def put_beside(project: Path, names: list[str]) -> dict[Path, int]:
    """Write files that are not committed; return when each was written."""
    written = {}
    for name in names:
        path = project / name
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                path.write_text("untracked\n")
                written[path] = path.stat().st_mtime_ns
    return written


def test_line_endings_that_differ_from_a_checkout_are_restored(origin: Path) -> None:
    windows = [Edit("windows", path, 0, "") for path in ("README.md", "mine/model.py")]
    new = [Edit("insert", path, 30, "new") for path in ("README.md", "mine/model.py")]
    assert check_case(origin, Case(windows, new, [], [])) == {"updated"}


def check_case(origin: Path, case: Case) -> set[str]:
    """Assert the guarantees of one update; return the kinds of its rows."""
    with changed(origin, case.template) as (project, layers):
        base = state(project)
        edit_project(project, case.user)
        git(project, "add", "--all")
        git(project, "commit", "--quiet", "--allow-empty", "--message", "mine")
        beside = put_beside(project, case.beside)
        ours = state(project)
        words = (project, "--plugin", layers.rings.folder, *case.words)

        if not case.twice:
            planned = run("update", *words, "--dry-run")
            assert state(project) == ours
        done = run("update", *words)
        assert case.twice or done == planned
        code, rows, refused = done
        if refused:
            assert "is in its place" in refused
            assert state(project) == ours
            return {"refused"}
        now = state(project)
        chosen = dict(word.split("=") for word in case.words[1::2])
        comments = chosen.pop("comments", "lesson")
        recipe = layers.recipe()._replace(comments=comments)
        fresh = render_project(recipe, {"project_name": NAME} | chosen).files
        theirs = {path: file.data for path, file in fresh.items()} | {BUNDLE: b""}
        account(base, ours, theirs, now, rows)
        conflicts = {path for path, kind in rows.items() if kind == "conflict"}
        unmerged = git(project, "diff", "--name-only", "--diff-filter=U", "-z")
        assert set(filter(None, unmerged.split("\0"))) == conflicts
        assert code == (4 if conflicts else 0)
        for path, moment in beside.items():
            assert path.stat().st_mtime_ns == moment

        if case.twice:
            again = project.with_name("again")
            shutil.copytree(project, again, symlinks=True)
            commit(again)
            after = state(again)
            assert run("update", again, *words[1:]) == (0, {}, "")
            assert state(again) == after

        assert run("update", project, "--abort") == (0, {}, "")
        assert state(project) == ours
    return set(rows.values())


RANDOM = settings(
    # The suite tries the same cases each time; the slow proofs have seeds of their own.
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    # A failing case is short enough, and its shrinking would take many minutes.
    phases=[Phase.explicit, Phase.generate],
)


@settings(RANDOM, max_examples=20)
@given(case=CASES)
def test_no_edit_is_lost_and_updates_can_be_undone(case: Case, origin: Path) -> None:
    check_case(origin, case)


@pytest.mark.slow
def test_no_edit_is_lost_in_hundreds_of_updates(origin: Path) -> None:
    ends: Counter[str] = Counter()

    @seed(20)
    @settings(RANDOM, max_examples=500)
    @given(case=CASES)
    def check(case: Case) -> None:
        ends.update(check_case(origin, case))

    check()
    print("random updates:", dict(ends))
    assert ends.keys() == {*get_args(Kind), "refused"}
    assert min(ends.values()) >= 5


@settings(RANDOM, max_examples=10)
@given(case=CASES)
def test_an_unedited_project_becomes_what_new_would_write(
    case: Case, origin: Path
) -> None:
    with changed(origin, case.template) as (project, layers):
        words = ("--plugin", layers.rings.folder, *case.words)
        assert run("update", project, *words)[2] == ""
        new = project.with_name("new") / NAME
        new.parent.mkdir()
        run("new", new, "--task", "rings", "--defaults", *words)
        assert state(project).files == state(new).files


SIMPLE = ("insert", "change", "delete", "add")
BOTH = st.builds(  # without renames by the user, which Copier does not follow
    Case,
    edits((*SIMPLE, *SIMPLE, "remove"), "user"),
    edits((*SIMPLE, *SIMPLE, "remove"), "template"),
    st.just([]),
    st.just([]),
)


def update_by_copier(project: Path, *words: str | Path) -> None:
    """Put the installed template into the bundle, and let Copier merge it."""
    assert run("update", project, "--template-only", *words) == (0, OFFERED, "")
    git(project, "commit", "--quiet", "--message", "offered")
    with contextlib.chdir(project), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        copier.run_update(
            defaults=True, overwrite=True, quiet=True, settings=copier.Settings()
        )


OFFERED = {BUNDLE: "updated"}


def compare_with_copier(origin: Path, case: Case) -> str:
    """Assert that scaffold does what Copier does, or keeps what Copier loses."""
    with changed(origin, case.template) as (ours, layers):
        base = state(ours).files
        edit_project(ours, case.user)
        git(ours, "add", "--all")
        git(ours, "commit", "--quiet", "--allow-empty", "--message", "mine")
        before = state(ours).files
        theirs = ours.with_name("theirs")
        shutil.copytree(ours, theirs, symlinks=True)
        known = ("--plugin", layers.rings.folder)
        code, rows, refused = run("update", ours, *known)
        if refused:  # for a name that differs only in case
            assert "is in its place" in refused
            return "refused"
        update_by_copier(theirs, *known)
        wanted, got = state(theirs).files, state(ours).files
        if any(b"<<<<<<<" in data for _, data in wanted.values()):
            assert code == 4 or set(rows.values()) & {"kept", "skipped", "merged"}
            return "conflict"
        lost = [
            path
            for path, file in before.items()
            if lines_of(file) - lines_of(base.get(path)) - lines_of(wanted.get(path))
        ]
        if lost:
            assert all(rows[path] in {"conflict", "kept", "merged"} for path in lost)
            return f"Copier lost lines: {sorted({rows[path] for path in lost})}"
        assert code == 0
        for path in (wanted.keys() | got.keys()) - FIXED:
            if got.get(path) != wanted.get(path):
                assert_only_copier_changed_line_ends(
                    got[path], wanted[path], before[path]
                )
        return "same"


@settings(RANDOM, max_examples=5)
@given(case=BOTH)
def test_the_result_equals_that_of_copier_where_copier_loses_nothing(
    case: Case, origin: Path
) -> None:
    compare_with_copier(origin, case)


@pytest.mark.slow
def test_a_hundred_results_equal_those_of_copier(origin: Path) -> None:
    ends: Counter[str] = Counter()

    @seed(22)
    @settings(RANDOM, max_examples=100)
    @given(case=BOTH)
    def check(case: Case) -> None:
        ends.update([compare_with_copier(origin, case)])

    check()
    print("updates by scaffold and by Copier:", dict(ends))
    assert ends["same"] >= 30


def assert_only_copier_changed_line_ends(
    got: tuple[str, bytes], wanted: tuple[str, bytes], before: tuple[str, bytes]
) -> None:
    """It does where both sides made the same edit; scaffold keeps that of the user."""
    texts = [data.replace(b"\r\n", b"\n") for _, data in (got, wanted)]
    assert (got[0], texts[0]) == (wanted[0], texts[1])
    assert (b"\r\n" in got[1]) == (b"\r\n" in before[1]) != (b"\r\n" in wanted[1])


def both_levels() -> tuple[dict[str, Blob], dict[str, Blob]]:
    """Return the Python files of a project, with and without explanatory comments."""
    levels = []
    for comments in ("lesson", "brief"):
        recipe = Recipe((find_task("circle"),), comments=comments)
        files = render_project(recipe, {"project_name": NAME}).files
        levels.append(
            {p: Blob("100644", files[p].data) for p in files if p[-3:] == ".py"}
        )
    lesson, brief = levels
    different = [path for path in lesson if lesson[path] != brief[path]]
    return {p: lesson[p] for p in different}, {p: brief[p] for p in different}


def check_levels(changes: list[tuple[int, list[Edit]]]) -> None:
    """Assert that changing the comment level of edited code causes no conflict."""
    lesson, brief = both_levels()
    for base, theirs in ((lesson, brief), (brief, lesson)):
        for number, found in changes:
            path = sorted(base)[number % len(base)]
            data = base[path].data
            for edit in found:
                data = edit_lines(data, edit, "#")
            ours = {path: Blob("100644", data)}
            for row in merge({path: base[path]}, ours, {path: theirs[path]}):
                assert row.kind != "conflict", path
                added = lines_of(("", data)) - lines_of(("", base[path].data))
                assert row.result
                assert added <= lines_of(("", row.result.data))


CHANGES = st.lists(
    st.tuples(
        st.integers(0, 30), edits(("insert", "change", "delete", "copy"), "user")
    ),
    min_size=10,
    max_size=10,
)


@settings(RANDOM, max_examples=2)
@given(changes=CHANGES)
def test_changing_the_comment_level_never_conflicts_with_edited_code(
    changes: list[tuple[int, list[Edit]]],
) -> None:
    check_levels(changes)


@pytest.mark.slow
def test_hundreds_of_edited_files_change_their_comment_level() -> None:
    seed(21)(settings(RANDOM, max_examples=30)(given(changes=CHANGES)(check_levels)))()
