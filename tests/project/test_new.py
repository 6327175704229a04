"""`scaffold new` creates a complete project, or prints one line and writes nothing."""

import importlib.metadata
import json
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import FEATURES, NAMES, TASKS, Done, read_all, run_python
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from recipes import all_features, make_recipe

from scaffold.catalog.plugins import find_task
from scaffold.compose.recipe import Recipe
from scaffold.errors import ArgumentError
from scaffold.project import create, destination
from scaffold.project.bundle import BUNDLE
from scaffold.render import name_validation

Scaffold = Callable[..., Done]
CIRCLE = ("--task", "circle", "--defaults")
PLUGINS = sorted([*NAMES, *(feature.name for feature in FEATURES)])


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run each test in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def git(folder: Path, *words: str) -> str:
    command = ["git", "-C", str(folder), *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_new_creates_a_repository_with_one_commit_and_no_other_files(
    scaffold: Scaffold, home: Path
) -> None:
    assert scaffold("new", "my-circle", *CIRCLE).code == 0
    assert git(home / "my-circle", "log", "--format=%an").split() == ["Ada"]
    assert git(home / "my-circle", "status", "--porcelain", "--ignored") == ""
    assert [path.name for path in home.iterdir()] == ["my-circle"]


def test_new_prints_the_next_commands(scaffold: Scaffold) -> None:
    out = scaffold("new", "my-circle", *CIRCLE).out
    *_, enter, install, train = out.splitlines()
    assert enter.strip() == "cd my-circle"
    assert install.strip() == "pip install -e '.[test]'"
    assert train.strip() == "python -m my_circle train"


def test_without_dest_the_folder_is_named_like_the_task(
    scaffold: Scaffold, home: Path
) -> None:
    assert scaffold("new", *CIRCLE).code == 0
    assert (home / "circle" / "circle" / "train.py").is_file()


def test_the_project_name_can_differ_from_the_folder(
    scaffold: Scaffold, home: Path
) -> None:
    named = ("--set", "project_name=Round-Things")
    assert scaffold("new", "odd folder!", *CIRCLE, *named).code == 0
    assert (home / "odd folder!" / "round_things" / "train.py").is_file()


def test_missing_parent_folders_are_created(scaffold: Scaffold, home: Path) -> None:
    assert scaffold("new", "a/b/my-circle", *CIRCLE).code == 0
    assert (home / "a" / "b" / "my-circle" / "pyproject.toml").is_file()


@pytest.mark.parametrize("dest", [".", "../here", "{home}/here"])
def test_an_existing_empty_folder_is_filled_not_replaced(
    dest: str, scaffold: Scaffold, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = home / "here"
    here.mkdir()
    number = here.stat().st_ino
    monkeypatch.chdir(here)
    assert scaffold("new", dest.format(home=home), *CIRCLE).code == 0
    assert here.stat().st_ino == number
    assert (here / "here" / "train.py").is_file()
    assert git(here, "status", "--porcelain") == ""


def test_no_git_creates_no_repository(scaffold: Scaffold, home: Path) -> None:
    assert scaffold("new", "my-circle", *CIRCLE, "--no-git").code == 0
    assert not (home / "my-circle" / ".git").exists()


def test_no_repository_is_created_inside_another(
    scaffold: Scaffold, home: Path
) -> None:
    git(home, "init", "--quiet")
    assert scaffold("new", "my-circle", *CIRCLE).code == 0
    assert not (home / "my-circle" / ".git").exists()


def test_a_repository_is_created_in_an_ignored_folder(
    scaffold: Scaffold, home: Path
) -> None:
    git(home, "init", "--quiet")
    (home / ".gitignore").write_text("/my-circle/\n")
    assert scaffold("new", "my-circle", *CIRCLE).code == 0
    assert (home / "my-circle" / ".git").exists()


def test_new_works_without_a_git_identity(
    scaffold: Scaffold, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.delenv(f"GIT_{role}_NAME")
        monkeypatch.delenv(f"GIT_{role}_EMAIL")
    config = home / "config"
    config.write_text("[user]\n\tuseConfigOnly = true\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    assert scaffold("new", "my-circle", *CIRCLE).code == 0
    assert git(home / "my-circle", "log", "--format=%an").strip() == "torch-scaffold"


def test_hooks_of_the_user_do_not_run(
    scaffold: Scaffold, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = home / "hooks" / "pre-commit"
    hook.parent.mkdir()
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    config = home / "config"
    config.write_text(f"[core]\n\thooksPath = {hook.parent}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    assert scaffold("new", "my-circle", *CIRCLE).code == 0


def test_a_dry_run_lists_every_file_and_writes_none(
    scaffold: Scaffold, home: Path
) -> None:
    done = scaffold("new", "my-circle", *CIRCLE, "--dry-run")
    assert done.code == 0
    assert "train.py" in done.out
    assert "nothing was written" in done.out
    assert not list(home.iterdir())


def test_json_is_one_document_with_every_file(scaffold: Scaffold, home: Path) -> None:
    done = scaffold("new", "my-circle", *CIRCLE, "--set", "author=Ada", "--json")
    document = json.loads(done.out)
    root = home / "my-circle"
    written = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(root).parts
    }
    assert set(document["files"]) == written
    assert document["answers"]["author"] == "Ada"
    assert document["next"][-1] == "python -m my_circle train"
    assert BUNDLE in written


def test_without_terminal_and_task_the_error_lists_the_tasks(
    scaffold: Scaffold,
) -> None:
    done = scaffold("new")
    assert done.code == 2
    assert ", ".join(NAMES) in done.err


LONG = "a" * 101


@pytest.mark.parametrize(
    ("words", "code", "parts"),
    [
        ("new x --task cricle", 2, ["cricle", "did you mean 'circle'"]),
        ("new x --task zebra", 2, ["zebra", ", ".join(NAMES)]),
        ("new x --task circle --set modle=relu", 2, ["modle", "choose from"]),
        ("new x --task circle --set package=y", 2, ["package", "computed from"]),
        ("new x --task circle --set model", 2, ["'model'", "KEY=VALUE"]),
        ("new x --task digits --set model=tree", 2, ["'tree'", "cnn, mlp"]),
        ("new x --task line --set weight=heavy", 2, ["'heavy'", "number", "0.7"]),
        ("new x --task line --set weight=inf", 2, ["'inf'", "number"]),
        ("new x --task line --set x_step=0", 2, ["'0'", "0.0001 to 0.2"]),
        ("new class --task line", 2, ["'class'", "Python", "my-class"]),
        ("new json --task line", 2, ["'json'", "the standard library"]),
        ("new torch --task line", 2, ["'torch'", "a dependency", "my-torch"]),
        ("new Torch --task line", 2, ["'Torch'", "a dependency"]),
        ("new sklearn --task circle", 2, ["'sklearn'", "a dependency"]),
        ("new scikit-learn --task circle", 2, ["'scikit-learn'", "a dependency"]),
        ("new test --task line", 2, ["'test'", "my-test"]),
        ("new test-line --task line", 2, ["'test-line'", "is used by every project"]),
        ("new test-training --task line", 2, ["is used by every project"]),
        ("new packaging --task line", 2, ["would shadow a dependency"]),
        ("new pip --task line", 2, ["'pip'", "would shadow a dependency"]),
        ("new torchgen --task line", 2, ["'torchgen'", "would shadow a dependency"]),
        ("new pandas --task line", 2, ["'pandas'", "would shadow a dependency"]),
        ("new Pillow --task line", 2, ["'pillow'", "would shadow a dependency"]),
        ("new x --task line --set weight=1e308", 2, ["-1000 to 1000"]),
        ("new x --task line --set weight=nan", 2, ["'nan'", "finite number"]),
        ("new x --task line --set model", 2, ["model=linear"]),
        ("new tests --task line", 2, ["'tests'", "is used by every project"]),
        ("new con --task line", 2, ["'con'", "Windows"]),
        ("new 3d --task line", 2, ["'3d'", "letter first", "my-project"]),
        ("new ein-schöner-kreis --task line", 2, ["schöner", "letters"]),
        (f"new {LONG} --task line", 2, ["aaa", "at most 40"]),
        ("new x --task line --set project_name=", 2, ["''", "my-project"]),
        ("new x --task line --set project_name=a/b", 2, ["'a/b'", "my-project"]),
        ("new x --task line --set project_name=..", 2, ["'..'", "my-project"]),
        ("new x --task line --bogus", 2, ["--bogus"]),
        ("new x y --task line", 2, ["y"]),
        ("show zebra", 2, ["zebra", ", ".join(PLUGINS)]),
        ("show", 2, ["TASK", "see scaffold show --help"]),
        ("juggle", 2, ["juggle", "see scaffold --help"]),
    ],
)
def test_invalid_arguments_print_one_line_with_value_rule_and_example(
    words: str, code: int, parts: list[str], scaffold: Scaffold, home: Path
) -> None:
    done = scaffold(*words.split(" "))
    assert_one_line(done, code, *parts)
    assert not list(home.iterdir())


def assert_one_line(done: Done, code: int, *parts: str) -> None:
    assert done.code == code
    assert done.out == ""
    assert done.err.startswith("Error: ")
    assert done.err.count("\n") == 1
    for part in parts:
        assert part in done.err


@pytest.mark.parametrize(
    "text",
    ["two\nlines", "bell\a", "nul\0", "sep\u2028", "par\u2029", "del\x7f", "\udc80"],
)
def test_invalid_characters_are_rejected(
    text: str, scaffold: Scaffold, home: Path
) -> None:
    done = scaffold("new", "x", *CIRCLE, "--set", f"author={text}")
    assert_one_line(done, 2, "author", "one line of text")
    assert not list(home.iterdir())


@pytest.mark.parametrize("name", ["author", "description"])
def test_an_answer_that_status_could_not_read_again_is_rejected(
    name: str, scaffold: Scaffold, home: Path
) -> None:
    done = scaffold("new", "x", *CIRCLE, "--set", f"{name}={'a' * 100_000}")
    assert_one_line(done, 2, f"{name}: it has 100000 characters", "give a shorter one")
    assert not list(home.iterdir())
    longest = scaffold("new", "x", *CIRCLE, "--set", f"{name}={'a' * 99_000}")
    assert longest.code == 0, longest.err
    assert scaffold("status", "x").code == 0


@pytest.mark.parametrize("name", ["a\nb", "tab\t", "esc\x1b"])
def test_names_with_control_characters_are_rejected(
    name: str, scaffold: Scaffold, home: Path
) -> None:
    assert_one_line(scaffold("new", name, *CIRCLE), 2, "project_name", "like abc")
    assert not list(home.iterdir())


def test_an_existing_destination_is_not_changed(scaffold: Scaffold, home: Path) -> None:
    (home / "full").mkdir()
    (home / "full" / "mine.txt").write_text("mine")
    (home / "file").write_text("mine")
    (home / "link").symlink_to(home / "elsewhere")
    before = sorted(home.rglob("*"))
    assert_one_line(scaffold("new", "full", *CIRCLE), 1, "full is not empty")
    assert_one_line(scaffold("new", "file", *CIRCLE), 1, "file is a file")
    assert_one_line(scaffold("new", "link", *CIRCLE), 1, "link is a symlink")
    assert_one_line(scaffold("new", "file/below", *CIRCLE), 1, "below")
    assert sorted(home.rglob("*")) == before


def test_an_unwritable_destination_is_an_error_with_its_path(
    scaffold: Scaffold, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = home / "locked"
    locked.mkdir()
    locked.chmod(stat.S_IRUSR | stat.S_IXUSR)
    if os.access(locked, os.W_OK):  # the superuser writes everywhere
        fail, mkdir = refuse(13, "Permission denied"), Path.mkdir

        def make(path: Path, *words: int, **options: bool) -> None:
            (fail if locked in path.absolute().parents else mkdir)(
                path, *words, **options
            )

        monkeypatch.setattr(Path, "mkdir", make)
    done = scaffold("new", "locked/below", *CIRCLE)
    assert_one_line(done, 1, "locked/below", "Permission denied")
    assert not list(locked.iterdir())


def refuse(number: int, reason: str) -> Callable[..., None]:
    def fail(path: Path, *words: object, **options: object) -> None:
        raise OSError(number, reason, str(path))

    return fail


@pytest.mark.parametrize("existing", [False, True])
def test_a_full_disk_leaves_no_files(
    existing: bool, scaffold: Scaffold, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if existing:
        (home / "a").mkdir()
        (home / "a" / "x").mkdir()
    written: list[Path] = []
    write = Path.write_bytes

    def fill_up(path: Path, data: bytes) -> int:
        written.append(path)
        if len(written) == 10:
            raise OSError(28, "No space left on device", str(path))
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", fill_up)
    before = sorted(home.rglob("*"))
    assert_one_line(scaffold("new", "a/x", *CIRCLE), 1, "disk full", "x")
    assert len(written) == 10
    assert sorted(home.rglob("*")) == before


def test_a_failed_move_into_an_empty_folder_is_rolled_back(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = home / "x"
    target.mkdir()
    rename = Path.rename

    def fail_late(path: Path, other: Path) -> Path:
        if path.name == "pyproject.toml":
            raise OSError(5, "Input/output error", str(path))
        return rename(path, other)

    monkeypatch.setattr(Path, "rename", fail_late)
    with (
        pytest.raises(destination.DestinationError),
        destination.staged(target) as stage,
    ):
        for name in ("README.md", "pyproject.toml"):
            (stage / name).write_text("")
        (stage / "package").mkdir()
    assert not list(target.iterdir())


def test_leftovers_of_killed_processes_are_removed(
    scaffold: Scaffold, home: Path
) -> None:
    dead = subprocess.Popen(["true"])
    dead.wait()
    left = home / f".x.scaffold-{dead.pid}"
    alive = home / f".x.scaffold-{os.getppid()}"
    for folder in (left, alive):
        folder.mkdir()
        (folder / "half.py").write_text("")
    assert scaffold("new", "x", *CIRCLE).code == 0
    assert not left.exists()
    assert alive.exists()


KILLED = """
import os, sys
from pathlib import Path
from scaffold.project.destination import staged

def move(path, target, rename=Path.rename, moves=[]):
    moves.append(path)
    if len(moves) > int(sys.argv[1]):
        os.kill(os.getpid(), 9)
    return rename(path, target)

with staged(Path("x")) as stage:
    for name in ("a.py", "README.md", "pyproject.toml"):
        (stage / name).write_text("killed")
    (stage / "package").mkdir()
    (stage / "package" / "b.py").write_text("killed")
    Path.rename = move
"""


@pytest.mark.parametrize("moved", range(4))
def test_files_moved_by_a_killed_process_are_replaced_unless_they_were_edited(
    moved: int, home: Path
) -> None:
    target = home / "x"
    for edited in (False, True):
        target.mkdir(exist_ok=True)
        done = run_python("-c", KILLED, str(moved), folder=home)
        assert done.code == -signal.SIGKILL
        assert len(list(target.iterdir())) == moved + 1
        if edited and moved:
            edit = next(path for path in read_all(target) if path[0] != ".")
            (target / edit).write_text("edited")
            with pytest.raises(destination.DestinationError, match="not empty"):
                destination.check_destination(target)
            continue
        with destination.staged(target) as stage:
            (stage / "pyproject.toml").write_text("complete")
        assert read_all(target) == {"pyproject.toml": b"complete"}
        shutil.rmtree(target)


def test_projects_are_reproducible(home: Path, scaffold: Scaffold) -> None:
    for name in ("one", "two"):
        named = ("--set", "project_name=same")
        assert scaffold("new", name, *CIRCLE, *named, "--no-git").code == 0
    assert read_all(home / "one") == read_all(home / "two")


def test_missing_git_is_an_error_in_one_line(
    scaffold: Scaffold, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(home))
    assert_one_line(scaffold("new", "x", *CIRCLE), 1, "Git is not installed")
    assert not list(home.iterdir())


def test_the_readme_has_the_command_that_recreates_the_project(
    scaffold: Scaffold, home: Path
) -> None:
    text = 'it\'s "quoted" $HOME `x` \\ # {{ y }} 🙂'
    words = ("--set", f"description={text}", "--set", "model=mlp", "--with", "serve")
    digits = ("--task", "digits", "--defaults")
    assert scaffold("new", "x", "--no-git", *digits, *words).code == 0
    readme = (home / "x" / "README.md").read_text()
    command = next(line for line in readme.splitlines() if line[:12] == "scaffold new")
    (home / "again").mkdir()
    script = f"{sys.executable} -m {command} --no-git"
    subprocess.run(["bash", "-c", script], cwd=home / "again", check=True)
    assert read_all(home / "again" / "x") == read_all(home / "x")


def test_create_checks_the_destination_first(home: Path) -> None:
    (home / "x").write_text("")
    with pytest.raises(destination.DestinationError):
        create.create(None, home / "x")  # type: ignore[arg-type]


def test_a_folder_with_leftovers_counts_as_empty_and_a_dry_run_keeps_them(
    scaffold: Scaffold, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = subprocess.Popen(["true"])
    dead.wait()
    left = home / "x" / f".x.scaffold-{dead.pid}"
    left.mkdir(parents=True)
    assert scaffold("new", "x", *CIRCLE, "--dry-run").code == 0
    assert left.exists()
    monkeypatch.chdir(home / "x")
    assert scaffold("new", ".", *CIRCLE).code == 0
    assert not left.exists()


def test_files_created_meanwhile_are_kept(home: Path) -> None:
    target = home / "x"
    target.mkdir()
    refused = pytest.raises(destination.DestinationError, match="created meanwhile")
    with refused, destination.staged(target) as stage:
        for name in ("README.md", "a.py", "pyproject.toml"):
            (stage / name).write_text("ours")
        (target / "README.md").write_text("theirs")
    assert [path.name for path in target.iterdir()] == ["README.md"]
    assert (target / "README.md").read_text() == "theirs"


def test_git_variables_of_hooks_are_ignored(
    scaffold: Scaffold, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(home, "init", "--quiet", "other")
    other = home / "other" / ".git"
    for name in ("DIR", "INDEX_FILE", "COMMON_DIR", "QUARANTINE_PATH", "NAMESPACE"):
        monkeypatch.setenv(f"GIT_{name}", str(other))
    for name in ("OBJECT_DIRECTORY", "ALTERNATE_OBJECT_DIRECTORIES"):
        monkeypatch.setenv(f"GIT_{name}", str(other / "objects"))
    monkeypatch.setenv("GIT_WORK_TREE", str(home / "other"))
    (home / "git").write_text("#!/bin/sh\nexit 3\n")
    (home / "git").chmod(0o755)
    monkeypatch.setenv("GIT_EXEC_PATH", str(home))
    before = read_all(other)
    assert scaffold("new", "x", *CIRCLE).code == 0
    monkeypatch.undo()
    assert git(home / "x", "status", "--porcelain") == ""
    assert git(home / "x", "fsck") == ""
    assert read_all(other) == before


FILTER = '[filter "bad"]\n\tclean = false\n\trequired = true\n'


@pytest.mark.parametrize(
    "config",
    [
        "[safe]\n\tbareRepository = explicit\n",
        '[init]\n\tdefaultBranch = "a b..c"\n',
        '[init]\n\tdefaultBranch = ""\n',
        f"[core]\n\tattributesFile = attributes\n{FILTER}",
        "[core]\n\tcompression = lots\n",
        "[core\n",
    ],
)
@pytest.mark.parametrize("place", ["GLOBAL", "COUNT"])
def test_a_git_configuration_that_cannot_be_used_is_left_out(
    place: str,
    config: str,
    scaffold: Scaffold,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (home / "attributes").write_text("* filter=bad\n")
    (home / "config").write_text(config)
    if place == "GLOBAL":
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / "config"))
    else:
        monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
        monkeypatch.setenv("GIT_CONFIG_KEY_0", "include.path")
        monkeypatch.setenv("GIT_CONFIG_VALUE_0", str(home / "config"))
    done = scaffold("new", "x", *CIRCLE)
    assert (done.code, done.err) == (0, "")
    assert "with a Git repository and a first commit" in done.out
    monkeypatch.undo()
    assert git(home / "x", "log", "--format=%an").split() == ["Ada"]
    assert git(home / "x", "status", "--porcelain") == ""


def test_an_invalid_git_configuration_hides_no_repository_above(
    scaffold: Scaffold, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(home, "init", "--quiet")
    (home / "config").write_text("[core\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / "config"))
    done = scaffold("new", "x", *CIRCLE)
    assert "without a Git repository of its own" in done.out
    assert not (home / "x" / ".git").exists()


def test_no_git_writes_the_same_project_where_git_is_not_installed(
    scaffold: Scaffold, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert scaffold("new", "x", *CIRCLE, "--no-git").code == 0
    expected = read_all(home / "x")
    shutil.rmtree(home / "x")
    monkeypatch.setenv("PATH", str(home))
    assert scaffold("new", "x", *CIRCLE, "--no-git").code == 0
    assert read_all(home / "x") == expected


GIT = shutil.which("git")
FULL = "fatal: write error: No space left on device"


@pytest.mark.parametrize(
    ("script", "parts"),
    [
        ("exit 0", ["made no repository", "--no-git"]),
        ("echo no >&2; exit 1", ["git init failed: no"]),
        ("kill -9 $$", ["ended by signal 9"]),
        (f'case "$*" in *reset*) echo "{FULL}" >&2; exit 128;; esac', ["disk", "full"]),
        ('case "$*" in *init*) mkdir .git; exit 0;; esac', ["failed"]),
        ('case "$*" in *reset*) exit 0;; esac', ["made no repository", "--no-git"]),
        (None, ["Git cannot be run"]),
    ],
)
def test_a_broken_git_is_an_error_in_one_line_and_nothing_is_written(
    script: str | None,
    parts: list[str],
    scaffold: Scaffold,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fake = home / "bin" / "git"
    fake.parent.mkdir()
    fake.write_bytes(b"\0\1junk")
    if script is not None:
        fake.write_text(f'#!/bin/sh\n{script}\nexec {GIT} "$@"\n')
    fake.chmod(0o755)
    path = f"{fake.parent}:/bin:/usr/bin" if script else str(fake.parent)
    monkeypatch.setenv("PATH", path)
    assert_one_line(scaffold("new", "x", *CIRCLE), 1, *parts)
    assert [path.name for path in home.iterdir()] == ["bin"]


@pytest.mark.parametrize("place", [".git/x", ".git/info/x", "bare/x", "link/x", ".git"])
def test_no_project_is_written_into_the_directory_of_a_repository(
    place: str, scaffold: Scaffold, home: Path
) -> None:
    git(home, "init", "--quiet")
    git(home, "init", "--quiet", "--bare", "bare")
    (home / "link").symlink_to(home / ".git" / "info")
    before = sorted(home.rglob("*"))
    named = ("--set", "project_name=x")
    done = scaffold("new", place, *CIRCLE, *named)
    assert_one_line(done, 1, "of a repository", "name another folder")
    assert sorted(home.rglob("*")) == before


def test_names_in_utf_8_are_accepted_where_python_expects_ascii(home: Path) -> None:
    (home / "é.csv").write_text("x,y\n" + "".join(f"{n},{n}\n" for n in range(30)))
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    words = ("--set", "author=José", "--set", "data=é.csv", "--set", "target=y")
    command = [sys.executable, "-m", "scaffold", "new", "x", "--task", "tabular"]
    done = subprocess.run(
        [*command, "--defaults", *words],
        env=os.environ | ascii_only | {"GIT_COMMITTER_NAME": "José"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    answers = (home / "x" / ".copier-answers.yml").read_text(encoding="utf-8")
    assert "author: José\n" in answers
    assert "data: é.csv\n" in answers
    assert (home / "x" / "data" / "é.csv").exists()
    assert git(home / "x", "log", "--format=%an").strip() == "José"


@pytest.mark.parametrize(
    "data", ["~nobody-knows/t.csv", "~t.csv", "a" * 300, ".", "/dev/zero", "missing"]
)
def test_a_file_that_cannot_be_read_is_refused_as_an_answer(
    data: str, scaffold: Scaffold, home: Path
) -> None:
    words = ("--task", "tabular", "--defaults", "--set", f"data={data}")
    done = scaffold("new", "x", *words, "--set", "target=y")
    assert_one_line(done, 2, "data: ", "give the path of an existing file")
    assert not list(home.iterdir())


def test_a_folder_may_have_the_longest_name_that_file_systems_allow(
    scaffold: Scaffold, home: Path
) -> None:
    named = ("--set", "project_name=x")
    assert scaffold("new", "a" * 255, *CIRCLE, *named).code == 0
    assert [path.name for path in home.iterdir()] == ["a" * 255]


@pytest.mark.parametrize("command", ["new x --task circle --defaults", "status"])
def test_a_working_directory_that_was_removed_is_an_error_in_one_line(
    command: str, home: Path
) -> None:
    script = f"mkdir d; cd d; rmdir ../d; {sys.executable} -m scaffold {command}"
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == "Error: working directory: No such file or directory\n"


@pytest.mark.parametrize("stream", ["stdin", "stdout"])
def test_new_works_with_closed_streams(stream: str, home: Path) -> None:
    number = {"stdin": "<", "stdout": ">"}[stream]
    words = " ".join([sys.executable, "-m", "scaffold", "new", "x", *CIRCLE])
    done = subprocess.run(
        ["bash", "-c", f"{words} {number}&-"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert (home / "x" / "pyproject.toml").is_file()


def test_unencodable_characters_are_not_an_error(home: Path) -> None:
    command = [sys.executable, "-m", "scaffold", "show", "circle"]
    ascii_only = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, env=ascii_only, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def requirements() -> Iterator[str]:
    """Yield the requirements of torch-scaffold, and of projects with all features."""
    yield from ("torch-scaffold", "pip")
    for task in TASKS:
        recipe = make_recipe(task, *all_features(task))
        for tracker in ("tensorboard", "trackio"):
            answers = {"project_name": "every-feature", "tracker": tracker}
            file = create.render_project(recipe, answers).files["pyproject.toml"]
            project = tomllib.loads(file.data.decode())["project"]
            yield from project["dependencies"]
            for extra in project["optional-dependencies"].values():
                yield from extra


def test_no_project_has_the_name_of_a_dependency_or_of_a_module_of_one() -> None:
    needed = {canonicalize_name(Requirement(line).name) for line in requirements()}
    assert {"torch", "pytest", "fastapi", "optuna", "trackio"} <= needed
    seen: set[str] = set()
    while needed:
        name = needed.pop()
        seen.add(name)
        installed = name != "jupyterlab"  # to look at a notebook, not to test it
        for line in (importlib.metadata.requires(name) or ()) if installed else ():
            requirement = Requirement(line)
            marker = requirement.marker
            if marker is None or marker.evaluate({"extra": ""}):
                needed |= {canonicalize_name(requirement.name)} - seen
    modules = {
        module.lower()
        for module, distributions in importlib.metadata.packages_distributions().items()
        if seen & set(map(canonicalize_name, distributions)) and module[0] != "_"
    }
    assert {"torchgen", "functorch", "py", "pip"} <= modules
    names = {name.replace("-", "_") for name in seen}
    assert sorted((modules | names) - name_validation.KNOWN_MODULES) == []


def test_an_existing_project_may_keep_a_name_that_a_new_one_may_not_have() -> None:
    recipe = Recipe((find_task("line"),))
    name = {"project_name": "redis"}
    with pytest.raises(ArgumentError, match="would shadow a dependency"):
        create.render_project(recipe, name)
    assert create.render_project(recipe, {}, stored=name).package == "redis"


LOOK_UPS = """
import atexit, sys
names = set()
class Finder:
    def find_spec(self, name, path=None, target=None):
        names.add(name)
sys.meta_path.insert(0, Finder())
atexit.register(lambda: print(*names, file=open("names.txt", "a")))
"""


@pytest.mark.slow
def test_no_project_has_the_name_of_a_module_that_dependencies_look_for(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With pandas, say, as the project, sklearn would take it for the real one."""
    (home / "site").mkdir()
    (home / "site" / "sitecustomize.py").write_text(LOOK_UPS)
    (home / "t.csv").write_text("x,y\n" + "".join(f"{n},{n % 7}\n" for n in range(99)))
    table = ("--set", "data=t.csv", "--set", "target=y")
    words = ("new", "p", "--task", "tabular", "--preset", "full", "--defaults", *table)
    assert run_python("-m", "scaffold", *words, folder=home).code == 0
    path = os.environ.get("PYTHONPATH", "")
    monkeypatch.setenv("PYTHONPATH", f"{home / 'site'}{os.pathsep}{path}")
    for command in ("p train --device cpu", "p plot", "p export", "pytest -q"):
        words = (sys.executable, "-m", *command.split())
        subprocess.run(words, cwd=home / "p", check=True, stdout=subprocess.DEVNULL)
    names = (home / "p" / "names.txt").read_text().split()
    ours = {"p", *name_validation.RESERVED, *sys.stdlib_module_names}
    looked_up = {
        name.lower()
        for name in names
        if name not in ours and "." not in name and not name.startswith(("_", "test_"))
    }
    assert "pandas" in looked_up
    assert sorted(looked_up - name_validation.KNOWN_MODULES) == []


@pytest.mark.parametrize(("number", "code"), [(2, 130), (15, 143)])
def test_a_signal_while_writing_prints_one_line_and_leaves_no_files(
    number: int,
    code: int,
    scaffold: Scaffold,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write = Path.write_bytes

    def interrupted(path: Path, data: bytes) -> int:
        if path.name == "train.py":
            os.kill(os.getpid(), number)
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", interrupted)
    done = scaffold("new", "a/b/x", *CIRCLE)
    assert_one_line(done, code, "no incomplete files are left")
    assert not list(home.iterdir())


@pytest.mark.slow
def test_killed_at_any_time_new_leaves_a_complete_project_or_none(home: Path) -> None:
    ends = {"whole": 0, "none": 0}
    chance = random.Random(0)
    command = [sys.executable, "-m", "scaffold", "new", "x", *CIRCLE]
    start = time.monotonic()
    subprocess.run(command, check=True, stdout=-3)
    duration = time.monotonic() - start
    shutil.rmtree(home / "x")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL) * 50:
        process = subprocess.Popen(command, stdout=-3, stderr=-3)
        time.sleep(chance.uniform(0.0, 1.3 * duration))
        process.send_signal(number)
        process.wait()
        left = home / f".x.scaffold-{process.pid}"
        assert number == signal.SIGKILL or not left.exists()
        whole = (home / "x").exists()
        ends["whole" if whole else "none"] += 1
        if whole:
            assert git(home / "x", "status", "--porcelain") == ""
            assert (home / "x" / "pyproject.toml").is_file()
            shutil.rmtree(home / "x")
    print(ends)
    assert min(ends.values()) > 10
    subprocess.run(command, check=True, stdout=-3)
    assert [path.name for path in home.iterdir()] == ["x"]
