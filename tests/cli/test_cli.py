"""The command line as a whole: help, lists, and what it does not load."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from conftest import NAMES, TASKS, Done, run_python

from scaffold import __version__
from scaffold.cli import cli

Scaffold = Callable[..., Done]
COMMANDS = cli.list_commands(click.Context(cli))


def walk(
    group: click.Group, *above: str
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command with the words that call it, groups included."""
    yield above, group
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command
        if isinstance(command, click.Group):
            yield from walk(command, *above, name)
        else:
            yield (*above, name), command


WALK = [pytest.param(*found, id=" ".join(found[0])) for found in walk(cli)]


@pytest.mark.parametrize(("words", "subject"), WALK)
def test_help_explains_every_argument_and_option(
    words: tuple[str, ...], subject: click.Command, scaffold: Scaffold
) -> None:
    done = scaffold(*words, "--help")
    assert done.code == 0
    assert subject.help
    for parameter in subject.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
        else:
            shown = parameter.metavar or str(parameter.name).upper()
            assert shown in done.out


@pytest.mark.parametrize("words", [(), ("plugin",), ("template",)], ids=" ".join)
def test_help_lists_each_command_with_the_first_sentence_of_its_own_help(
    words: tuple[str, ...], scaffold: Scaffold
) -> None:
    """Each on one line; what is listed is not imported, and so could differ."""
    shown = scaffold(*words, "--help").out.partition("Commands:\n")[2].splitlines()
    listed = dict(line.split(maxsplit=1) for line in shown)
    known = {
        called[-1]: str(command.help).partition("\n\n")[0]
        for called, command in walk(cli)
        if called and called[:-1] == words
    }
    assert listed == known


def test_version_is_printed(scaffold: Scaffold) -> None:
    assert scaffold("--version").out.split()[-1] == __version__


def test_list_is_a_table_with_a_row_for_every_task(scaffold: Scaffold) -> None:
    head, *rows = scaffold("list").out.splitlines()
    assert head.split() == ["task", "family", "title", "version", "from"]
    assert [row.split()[0] for row in rows[: len(NAMES)]] == NAMES
    assert len({row.index("built-in") for row in rows[: len(NAMES)]}) == 1


@pytest.mark.parametrize("task", TASKS, ids=NAMES)
def test_show_tells_questions_files_and_result(task, scaffold: Scaffold) -> None:  # type: ignore[no-untyped-def]
    name = task.manifest.name
    shown = scaffold("show", name).out
    document = json.loads(scaffold("show", name, "--json").out)
    for key, question in document["questions"].items():
        assert f"  {key} (" in shown
        assert question["help"] in shown
        assert question["default"] in (question["choices"] or [question["default"]])
    for path, purpose in document["files"].items():
        assert purpose
        assert Path(path).name in shown
    for wanted in task.manifest.expect:
        assert wanted.sentence in shown


@pytest.mark.parametrize(
    "words", ["--help", "list", "show circle", "new x --task circle --defaults"]
)
def test_neither_copier_nor_torch_is_imported(words: str, tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from scaffold.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit as end: assert not end.code\n"
        "print(sorted({'copier', 'torch', 'pydantic', 'rich'} & set(sys.modules)))\n"
    )
    done = run_python("-c", code, *words.split(), folder=tmp_path)
    assert done.out.splitlines()[-1] == "[]", done.err


def test_a_reader_that_stops_early_is_no_error(tmp_path: Path) -> None:
    command = f"{sys.executable} -m scaffold show circle | head -n 1"
    done = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True
    )
    assert "Two circles" in done.stdout
    assert done.stderr == ""


def test_completion_of_the_shell_knows_the_commands(tmp_path: Path) -> None:
    asked = {
        "_SCAFFOLD_COMPLETE": "bash_complete",
        "COMP_WORDS": "scaffold ",
        "COMP_CWORD": "1",
    }
    done = subprocess.run(
        ["scaffold"],
        executable=Path(sys.executable).with_name("scaffold"),
        env=os.environ | asked,
        capture_output=True,
        text=True,
    )
    assert {f"plain,{name}" for name in COMMANDS} <= set(done.stdout.split())


def type_answers(words: list[str], answers: str, folder: Path) -> tuple[int, str]:
    """Run scaffold on a terminal of its own, type `answers`, return code and screen."""
    import pty

    screen: list[bytes] = []
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(folder)
        os.execv(sys.executable, [sys.executable, "-m", "scaffold", *words])
    os.write(terminal, answers.encode())
    while True:
        try:
            part = os.read(terminal, 4096)
        except OSError:  # the program has ended and closed its terminal
            break
        if not part:
            break
        screen.append(part)
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    os.close(terminal)
    return code, b"".join(screen).decode()


def test_on_a_terminal_it_asks_and_asks_again_after_a_mistake(tmp_path: Path) -> None:
    answers = "circle\ntree\nlinear\n\n\n\n\n"
    code, screen = type_answers(["new", "x"], answers, tmp_path)
    assert code == 0, screen
    assert "Which task?" in screen
    assert "invalid choice 'tree'" in screen
    assert "StraightLayers" in (tmp_path / "x" / "x" / "model.py").read_text()


def test_on_a_terminal_defaults_asks_nothing(tmp_path: Path) -> None:
    words = ["new", "x", "--task", "circle", "--defaults"]
    code, screen = type_answers(words, "", tmp_path)
    assert code == 0, screen
    assert "BentLayers" in (tmp_path / "x" / "x" / "model.py").read_text()


def test_the_end_of_input_at_a_question_writes_nothing(tmp_path: Path) -> None:
    code, screen = type_answers(["new", "x", "--task", "line"], "\x04", tmp_path)
    assert code == 1
    assert "nothing was written" in screen
    assert not list(tmp_path.iterdir())
