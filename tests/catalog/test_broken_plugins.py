"""A broken installed plugin is named, and harms no command that does not use it."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import pytest
from conftest import Done, make_project
from packages import edit, install

Scaffold = Callable[..., Done]
PACKAGE = "{{ package }}"


def write(name: str, data: bytes | str) -> Callable[[Path], None]:
    """Return a fault: a file of the plugin with this content."""

    def fault(folder: Path) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)

    return fault


def replace(name: str, make: Callable[[Path], None]) -> Callable[[Path], None]:
    """Return a fault: something else instead of a file or folder of the plugin."""

    def fault(folder: Path) -> None:
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
        make(path)

    return fault


def toml(old: str, new: str) -> Callable[[Path], None]:
    """Return a fault: another text in `plugin.toml`."""
    return lambda folder: edit(folder, old, new)


def info(make: Callable[[Path], None]) -> Callable[[Path], None]:
    """Return a fault: something else instead of `entry_points.txt`."""
    name = "../scaffold_odd-1.2.dist-info/entry_points.txt"
    return replace(name, make)


def entries(text: str) -> Callable[[Path], None]:
    """Return a fault: another `entry_points.txt`."""
    return info(lambda path: path.write_bytes(text.encode("latin-1")) and None)


def move(folder: Path, name: str) -> None:
    """Rename the folder that pip keeps for the package."""
    info = folder.parent / "scaffold_odd-1.2.dist-info"
    info.rename(info.with_name(f"{name}.dist-info"))


def link(target: str) -> Callable[[Path], None]:
    """Return what makes a symlink."""
    return lambda path: path.symlink_to(target)


def sparse(path: Path) -> None:
    """Make a file of a terabyte that takes no space."""
    path.touch()
    os.truncate(path, 1 << 40)


def question(text: str) -> Callable[[Path], None]:
    """Return a fault: another question in `plugin.toml`."""
    return toml("[config]", f"[questions.extra]\n{text}\n[config]")


def setting(text: str) -> Callable[[Path], None]:
    """Return a fault: another field of Config."""
    return toml("[config]", f"[config]\n{text}")


MODEL = f"project/{PACKAGE}/model.py"
INT = 'type = "int"\ndefault = 1\nhelp = "h"\n'
FAULTS: dict[str, Callable[[Path], None]] = {
    # entry_points.txt
    "entry with NUL": entries("[scaffold.plugins]\nodd = scaffold\0odd\n"),
    "name with NUL": entries("[scaffold.plugins]\no\0dd = scaffold_odd\n"),
    "entry with escape": entries("[scaffold.plugins]\no\x1b[31mdd = scaffold_odd\n"),
    "entry without module": entries("[scaffold.plugins]\nodd\n"),
    "entry with empty module": entries("[scaffold.plugins]\nodd =\n"),
    "entry with dots": entries("[scaffold.plugins]\nodd = ...\n"),
    "entry with a path": entries("[scaffold.plugins]\nodd = ../../etc\n"),
    "entry of a module": entries("[scaffold.plugins]\nodd = json\n"),
    "entry of a built-in module": entries("[scaffold.plugins]\nodd = sys\n"),
    "entry of __main__": entries("[scaffold.plugins]\nodd = __main__\n"),
    "entry of a namespace": entries("[scaffold.plugins]\nodd = scaffold_odd.project\n"),
    "entries in Latin-1": entries("[scaffold.plugins]\nodd = sch\xf6n\n"),
    "entries in a comment": entries("# [scaffold.plugins]\n[console_scripts]\na = b\n"),
    "entries that are comments": entries("# [scaffold.plugins]\n; nothing\n"),
    "two sections": entries("[scaffold.plugins]\n[scaffold.plugins]\nodd = a\n"),
    "one entry twice": entries("[scaffold.plugins]\nodd = a\nodd = b\n"),
    "a default section": entries("[DEFAULT]\nx = y\n[scaffold.plugins]\nodd = a\n"),
    "entries without a header": entries("odd = scaffold_odd [scaffold.plugins]\n"),
    "a package without a version": lambda folder: move(folder, "scaffold_odd"),
    "entries: FIFO": info(os.mkfifo),
    "entries: /dev/zero": info(link("/dev/zero")),
    "entries: folder": info(Path.mkdir),
    "entries: loop": info(link("entry_points.txt")),
    "entries: terabyte": info(sparse),
    # plugin.toml
    "toml: FIFO": replace("plugin.toml", os.mkfifo),
    "toml: /dev/zero": replace("plugin.toml", link("/dev/zero")),
    "toml: folder": replace("plugin.toml", Path.mkdir),
    "toml: loop": replace("plugin.toml", link("plugin.toml")),
    "toml: missing": replace("plugin.toml", lambda path: None),
    "toml: terabyte": replace("plugin.toml", sparse),
    "toml: comments": write("plugin.toml", "# nothing\n"),
    "toml: empty": write("plugin.toml", ""),
    "toml: Latin-1": write("plugin.toml", b'name = "sch\xf6n"\n'),
    "toml: NUL": write("plugin.toml", b"\0\0\0"),
    "toml: binary": write("plugin.toml", bytes(range(256))),
    "toml: deep arrays": toml("[config]", f"[config]\na = {'[' * 9999}{']' * 9999}"),
    "toml: deep tables": toml("[config]", f"[config]\na = {'{a=' * 999}1{'}' * 999}"),
    "toml: deep keys": toml("[config]", f"[config]\n{'a.' * 999}a = 1"),
    "toml: endless key": toml("[config]", f"[config]\n{'a.' * 40_000}a = 1"),
    "toml: 5,000 digits": setting(f"a = {{ default = {'9' * 5000}, help = 'h' }}"),
    "toml: 4,000 digits": setting(f"a = {{ default = {'9' * 4000}, help = 'h' }}"),
    "toml: not finite": setting("a = { default = nan, help = 'h' }"),
    "toml: infinite bound": setting("a = { default = 1, gt = -inf, help = 'h' }"),
    "toml: a date": setting("a = 2026-01-01"),
    "toml: another type": toml('name = "odd"', 'name = ["odd"]'),
    "toml: another name": toml('name = "odd"', 'name = "even"'),
    "toml: long name": toml('name = "odd"', f'name = "{"o" * 5000}"'),
    "toml: name of files": toml("[files]", '[files]\n"a\\u0000b" = "x"'),
    "toml: version with spaces": toml('version = "0.2.0"', 'version = " 1.0\\n"'),
    "toml: long version": toml('version = "0.2.0"', f'version = "1{".1" * 60}"'),
    "toml: long requirement": toml('"scikit-learn>=1.4"', f'"{"a." * 30_000}"'),
    "toml: version range": toml('">=0.2,<0.3"', '">=0.2 or so"'),
    "toml: Jinja in a metric": toml('metric = "', 'metric = "{{ x }}'),
    # files
    "overlay: FIFO": replace(MODEL, os.mkfifo),
    "overlay: link": replace(MODEL, link("/etc/passwd")),
    "overlay: folder": replace(MODEL, Path.mkdir),
    "overlay: missing": replace("project", lambda path: None),
    "overlay: a file": replace("project", Path.touch),
    "overlay: Latin-1": write(MODEL, b"# sch\xf6n\n"),
    "overlay: no Python": write(MODEL, "def (:\n"),
    "overlay: NUL": write(MODEL, b"\0"),
    "overlay: terabyte": replace(MODEL, sparse),
    "overlay: strange name": write("project/tests/a\nb.py", ""),
    "overlay: name in Latin-1": write(os.fsdecode(b"project/tests/\xf6.py"), ""),
    "overlay: unknown slot": write("slots/README.md", "# slot: nothing\nx\n"),
    "overlay: deep Python": write(MODEL, f"x = {'(' * 999}1{')' * 999}\n"),
    "overlay: Jinja": write(MODEL, "# {% if x %}\n"),
    "slots: FIFO": replace("slots", os.mkfifo),
    "slots: Latin-1": write("slots/README.md", b"# slot: sections\n\xf6\n"),
    "slots: link": replace("slots", link("slots")),
    # expressions
    "when: junk": question(INT + 'when = "perhaps"'),
    "when: undefined": question(INT + 'when = "{{ nothing.at.all }}"'),
    "when: syntax": question(INT + 'when = "{{ 1 + }}"'),
    "when: a number": question(INT + "when = 3"),
    "default: junk": question('type = "int"\ndefault = "{{ task_name }}"\nhelp = "h"'),
    "default: syntax": question('type = "int"\ndefault = "{{ 1 + }}"\nhelp = "h"'),
    "default: deep": question(
        f'type = "str"\ndefault = "{{{{ {"(" * 999} }}}}"\nhelp="h"'
    ),
    "default: not a bool": question('type = "bool"\ndefault = "{{ 7 }}"\nhelp = "h"'),
    "default: too long": question(
        'type = "int"\ndefault = "{{ \'9\' * 5000 }}"\nhelp="h"'
    ),
    "default: infinite": question('type = "float"\ndefault = inf\nhelp = "h"'),
    "validator: syntax": question(INT + 'validator = "{{ 1 + }}"'),
    "validator: division": question(INT + 'validator = "{{ 1 // 0 }}"'),
}
SAMPLE = {"entry with NUL", "entries: /dev/zero", "toml: FIFO", "toml: deep arrays"}
SAMPLE |= {"overlay: Latin-1", "when: junk", "default: junk"}
CHOSEN = [
    pytest.param(fault, marks=() if fault in SAMPLE else pytest.mark.slow)
    for fault in FAULTS
]
# What list does not read, so that hundreds of plugins cost little.
FOUND_LATER = {
    fault
    for fault in FAULTS
    if fault.startswith(("overlay: ", "slots: ", "when: ", "default: ", "validator: "))
}
NO_PYTHON = {"overlay: no Python", "overlay: NUL", "overlay: deep Python"}
HARMLESS = {  # the package offers no plugin
    "entries in a comment",
    "entries that are comments",
    "entries without a header",
}


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project that does not use the broken plugin."""
    return make_project(tmp_path_factory.mktemp("healthy"), "h", ["--task", "line"])


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return an empty folder of sys.path; a hang ends with an error."""

    def give_up(number: int, frame: FrameType | None) -> None:
        raise AssertionError("the command hangs")

    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(100)
    yield folder
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def commands(healthy: Path, home: Path) -> dict[str, tuple[str | Path, ...]]:
    """Return the commands that must work, whatever is installed."""
    new = ("--task", "line", "--defaults", "--no-git")
    return {
        "list": ("list",),
        "show": ("show", "line"),
        "new": ("new", home / "x", *new),
        "status": ("status", healthy),
        "diff": ("diff", healthy),
        "update": ("update", "--dry-run", healthy),
        "explain": ("explain", healthy),
        "add": ("add", "compare", "--dry-run", "--dir", healthy),
    }


@pytest.mark.parametrize("fault", FAULTS)
def test_list_works_with_every_fault_of_an_installed_plugin_or_of_a_folder(
    fault: str, site: Path, scaffold: Scaffold
) -> None:
    folder = install(site, "odd")
    FAULTS[fault](folder)
    hidden = f"odd: using {folder} instead of package scaffold-odd 1.2\n"
    for words in ((), ("--plugin", folder)):
        listed = scaffold("list", *words)
        assert listed.code == 0
        assert listed.err in ("", hidden if words else "")
        assert all(map(str.isprintable, listed.out.split("\n")))
        assert "invalid: " in listed.out or words or fault in HARMLESS | FOUND_LATER


@pytest.mark.parametrize("fault", CHOSEN)
def test_no_fault_of_an_installed_plugin_harms_another_command(
    fault: str, healthy: Path, site: Path, scaffold: Scaffold, tmp_path: Path
) -> None:
    FAULTS[fault](install(site, "odd"))
    for words in commands(healthy, tmp_path).values():
        done = scaffold(*words)
        assert (done.code, done.err) == (0, ""), words


@pytest.mark.parametrize("fault", CHOSEN)
def test_commands_that_use_a_broken_plugin_print_one_line(
    fault: str, site: Path, scaffold: Scaffold, tmp_path: Path
) -> None:
    FAULTS[fault](install(site, "odd"))
    used = scaffold("new", tmp_path / "x", "--task", "odd", "--defaults")
    if fault not in NO_PYTHON:
        assert used.code in {1, 2}
        assert used.err.startswith("Error: ")
        assert used.err.count("\n") == 1
        assert not (tmp_path / "x").exists()
    if fault not in HARMLESS:
        checked = scaffold("plugin", "check", "odd")
        assert checked.code in {1, 2}
        whole = checked.out + checked.err
        lines = whole.splitlines()
        assert len(lines) == (4 if checked.out else 1) or fault in NO_PYTHON


def test_the_full_preset_leaves_out_features_that_cannot_be_used(
    site: Path, scaffold: Scaffold, tmp_path: Path
) -> None:
    broken = install(site, "odd", kind="feature", origin="compare")
    needs = install(site, "needy", kind="feature", origin="compare")
    edit(needs, "[files]", 'requires = ["odd"]\n[files]')
    FAULTS["toml: empty"](broken)
    words = ("--task", "line", "--preset", "full", "--defaults", "--dry-run")
    done = scaffold("new", tmp_path / "x", *words)
    assert (done.code, done.err) == (0, "")
