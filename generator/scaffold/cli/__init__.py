"""The command `scaffold`; each subcommand has a module of its own."""

import _thread
import gc
import os
import signal
import sys
import time
from collections.abc import Sequence
from io import TextIOWrapper
from types import FrameType
from typing import NoReturn

import click

from scaffold import __version__
from scaffold.cli.lazy import Lazy, LazyGroup
from scaffold.errors import ScaffoldError

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupted(BaseException):
    """Raised on SIGINT and SIGTERM, so that `finally` blocks run."""

    def __init__(self, number: int) -> None:
        self.exit_code = 128 + number


COMMANDS = {
    "list": Lazy("scaffold.cli.list:list_plugins", "List tasks and features."),
    "show": Lazy("scaffold.cli.show:show", "Show what a task or feature adds."),
    "explain": Lazy(
        "scaffold.cli.explain:explain", "Show what the files of a project are for."
    ),
    "new": Lazy("scaffold.cli.new:new", "Create a project."),
    "web": Lazy("scaffold.cli.web:web", "Preview a project in the browser."),
    "add": Lazy("scaffold.cli.add:add", "Add features to a project."),
    "remove": Lazy("scaffold.cli.remove:remove", "Remove features from a project."),
    "status": Lazy(
        "scaffold.cli.status:status", "Show whether an update is available."
    ),
    "diff": Lazy("scaffold.cli.diff:diff", "Show your changes to a project."),
    "update": Lazy(
        "scaffold.cli.update:update", "Merge template updates into a project."
    ),
    "restore": Lazy(
        "scaffold.cli.restore:restore", "Give back files as the template has them."
    ),
    "class": Lazy("scaffold.cli.classes:class_", "Look after the projects of a class."),
    "plugin": Lazy("scaffold.cli.plugin:plugin", "Create and validate plugins."),
    "template": Lazy("scaffold.cli.template:template", "Export a task's template."),
}


@click.group(
    cls=LazyGroup,
    lazy=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="scaffold")
def cli() -> None:
    """Create PyTorch projects that train at once, and keep them up to date.

    \b
    Get started:
      scaffold list                          list tasks and features
      scaffold show circle                   show what a task or feature adds
      scaffold new my-circle --task circle   create a project
      scaffold add serve --dir my-circle     add a feature to it
      scaffold update my-circle              merge template updates
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line; print each error as one line on stderr."""
    if arguments is None:
        gc.disable()  # the process is too short-lived for it to pay off
        sys.unraisablehook = send_again
    try:
        set_up_signals_and_streams()
        code = run(arguments)
    except Interrupted as error:
        code = print_error("interrupted; no incomplete files are left", error.exit_code)
    for number in SIGNALS:  # Python's exit has nothing left to interrupt
        signal.signal(number, signal.SIG_IGN)
    sys.exit(code)


def run(arguments: Sequence[str] | None) -> int:
    """Run the command line and return the exit code; errors are printed."""
    try:
        code = cli.main(arguments, "scaffold", standalone_mode=False, color=colour())
        return int(code or 0)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return error.exit_code
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else "scaffold"
        message = error.format_message().rstrip(".")
        see = " See" if message.endswith("?") else "; see"
        return print_error(f"{message}{see} {path} --help", error.exit_code)
    except click.ClickException as error:
        return print_error(error.format_message(), error.exit_code)
    except ScaffoldError as error:
        return print_error(str(error), error.exit_code)
    except BrokenPipeError:  # the reader, such as `head`, closed the pipe
        sys.stdout = None
        return 1
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        place = "working directory" if missing else "output"
        return print_error(f"{error.filename or place}: {error.strerror}", 1)
    except click.Abort:
        return print_error("aborted at a prompt; nothing was written", 1)


def set_up_signals_and_streams() -> None:
    """Turn signals into exceptions; replace characters that a terminal lacks."""
    for number in SIGNALS:
        signal.signal(number, interrupt)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def colour() -> bool | None:
    """Return False if the environment turns colours off, else None: click decides."""
    off = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return False if off else None


def interrupt(number: int, frame: FrameType | None) -> None:
    """Raise Interrupted; further signals are ignored, so that cleanup completes."""
    if is_importing(frame):  # where an exception can be replaced by another
        send_later(number)
        return
    for signal_number in SIGNALS:
        signal.signal(signal_number, signal.SIG_IGN)
    raise Interrupted(number)


def is_importing(frame: FrameType | None) -> bool:
    """Return whether a frame is part of an import."""
    while frame and not frame.f_code.co_filename.startswith("<frozen importlib"):
        frame = frame.f_back
    return frame is not None


def send_again(error: "sys.UnraisableHookArgs") -> None:
    """Send a signal again that came where exceptions are ignored, as in `__del__`."""
    if isinstance(error.exc_value, Interrupted):
        number = error.exc_value.exit_code - 128
        signal.signal(number, interrupt)
        send_later(number)
    else:
        sys.__unraisablehook__(error)


def send_later(number: int) -> None:
    """Send a signal to this thread in a moment, where it may be deferred."""
    receiver = _thread.get_ident()

    def send() -> None:
        if sys.platform == "win32":
            time.sleep(0.01)
            _thread.interrupt_main(signal.Signals(number))
        else:
            signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
            time.sleep(0.01)
            signal.pthread_kill(receiver, number)

    _thread.start_new_thread(send, ())


def print_error(message: str, code: int) -> int:
    """Print an error as one line and return the exit code."""
    click.echo(f"Error: {' '.join(message.split())}", err=True)
    return code
