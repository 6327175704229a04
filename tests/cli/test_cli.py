"""The command line: help, list, show, prompts, and imports."""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from conftest import FEATURES, NAMES, TASKS, Done, run_python

from scaffold import __version__
from scaffold.catalog.plugins import Plugin
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


@pytest.mark.parametrize(
    "words", [(), ("class",), ("plugin",), ("template",)], ids=" ".join
)
def test_help_lists_each_command_with_the_first_sentence_of_its_own_help(
    words: tuple[str, ...], scaffold: Scaffold
) -> None:
    """The listed commands are not imported, so that their lines could differ."""
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


def test_list_shows_aligned_tables_of_tasks_and_features(scaffold: Scaffold) -> None:
    tasks, features, _ = scaffold("list").out.split("\n\n")
    for table, plugins, kind in (
        (tasks, TASKS, "task"),
        (features, FEATURES, "feature"),
    ):
        head, *rows = table.splitlines()
        assert head.split()[0] == kind
        assert [row.split()[0] for row in rows] == [plugin.name for plugin in plugins]
        assert {row.index("built-in") for row in rows} == {head.index("from")}


@pytest.mark.parametrize("task", TASKS, ids=NAMES)
def test_show_lists_questions_files_and_expected_results(
    task: Plugin, scaffold: Scaffold
) -> None:
    name = task.name
    shown = scaffold("show", name).out
    document = json.loads(scaffold("show", name, "--json").out)
    for key, question in document["questions"].items():
        assert f"  {key} (" in shown
        assert question["help"] in shown
        assert question["default"] in (question["choices"] or [question["default"]])
    for path, purpose in document["files"].items():
        assert purpose
        assert Path(path).name in shown
    assert task.task.expected_results
    for result in task.task.expected_results:
        assert result.sentence in shown


@pytest.mark.parametrize("feature", FEATURES, ids=lambda plugin: plugin.name)
def test_show_lists_rules_hyperparameters_and_files_of_a_feature(
    feature: Plugin, scaffold: Scaffold
) -> None:
    shown = scaffold("show", feature.name).out
    document = json.loads(scaffold("show", feature.name, "--json").out)
    for path, purpose in document["files"].items():
        assert f"  {path} " in shown
        assert purpose in shown
    for name, field in feature.manifest.config.items():
        assert f"  {name} (default {field.default!r}): {field.help}" in shown
    for name in (*document["requires"], *document["conflicts"], *document["replaces"]):
        assert name in shown


def test_show_with_a_task_prints_the_diff_of_a_feature(scaffold: Scaffold) -> None:
    shown = scaffold("show", "compare", "--task", "line").out
    document = json.loads(scaffold("show", "compare", "--task", "line", "--json").out)
    assert shown == document["diff"]
    for path in document["files"]:
        assert f"+++ b/{path.replace('{{ package }}', 'my_line')}\n" in shown


def test_show_refuses_the_diff_of_a_task(scaffold: Scaffold) -> None:
    done = scaffold("show", "circle", "--task", "line")
    assert done.code == 2
    assert "--task shows the diff of a feature" in done.err


@pytest.mark.parametrize(
    "words", ["--help", "list", "show circle", "new x --task circle --defaults"]
)
def test_slow_packages_are_not_imported(words: str, tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from scaffold.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit as end: assert not end.code\n"
        "slow = {'copier', 'torch', 'pydantic', 'rich', 'packaging.requirements'}\n"
        "print(sorted(slow & set(sys.modules)))\n"
    )
    done = run_python("-c", code, *words.split(), folder=tmp_path)
    assert done.out.splitlines()[-1] == "[]", done.err


def test_a_closed_pipe_is_not_an_error(tmp_path: Path) -> None:
    command = f"{sys.executable} -m scaffold show circle | head -n 1"
    done = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True
    )
    assert "Two circles" in done.stdout
    assert done.stderr == ""


def test_shell_completion_has_the_commands(tmp_path: Path) -> None:
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
    """Run scaffold on a pseudo-terminal with `answers`; return code and output."""
    import pty

    screen: list[bytes] = []
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(folder)
        os.execv(sys.executable, [sys.executable, "-m", "scaffold", *words])
    os.write(terminal, answers.encode())
    while True:
        if not select.select([terminal], [], [], 30)[0]:
            os.kill(process, signal.SIGKILL)  # it waits for more answers
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


def test_on_a_terminal_it_prompts_again_after_invalid_answers(tmp_path: Path) -> None:
    task, comments, variant, language = "lines\nline\n", "\n", "tree\n\n", "\n"
    features, rest = "serv\nearly-stopping\ncompare, doctor\n", "\n" * 7
    answers = task + comments + variant + language + features + rest
    code, screen = type_answers(["new", "x"], answers, tmp_path)
    assert code == 0, screen
    assert "Which task?" in screen
    assert "'lines' is not one of" in screen
    assert "invalid choice 'tree'" in screen
    assert "did you mean 'serve'?" in screen
    assert "validation" in screen
    files = [path.name for path in (tmp_path / "x").rglob("*.py")]
    assert {"compare.py", "doctor.py"} <= set(files)


def test_on_a_terminal_defaults_does_not_prompt(tmp_path: Path) -> None:
    words = ["new", "x", "--task", "circle", "--defaults"]
    code, screen = type_answers(words, "", tmp_path)
    assert code == 0, screen
    assert (tmp_path / "x" / "x" / "model.py").exists()


def test_the_end_of_input_at_a_prompt_writes_nothing(tmp_path: Path) -> None:
    code, screen = type_answers(["new", "x", "--task", "line"], "\x04", tmp_path)
    assert code == 1
    assert "nothing was written" in screen
    assert not list(tmp_path.iterdir())
