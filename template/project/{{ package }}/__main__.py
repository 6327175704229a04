"""The command line: train, evaluate, predict, plot."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from .config import Config
from .errors import ProjectError
from .tools import commands


class Parser(argparse.ArgumentParser):
    """Says in one line what is wrong with the arguments, and where to look."""

    def error(self, message: str) -> NoReturn:
        hint = f"see {self.prog} --help"
        if "arguments: -" in message:
            hint = "put -- before values that begin with -"
        self.exit(2, f"error: {message}; {hint}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    args = build_parser().parse_args(arguments)
    try:
        args.command(args)
    except ProjectError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        print(f"error: {error.filename or 'system'}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


def stop(number: int, frame: FrameType | None) -> NoReturn:
    """End at once on a signal; while training goes on, Interrupt saves first."""
    print("stopped", file=sys.stderr)
    os._exit(128 + number)


def build_parser() -> Parser:
    """Return the parser of all commands and their flags."""
    parser = Parser(prog=f"python -m {__package__}")
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: commands.Command) -> Parser:
        text = command.__doc__
        added = subparsers.add_parser(name, help=text, description=text)
        added.set_defaults(command=command)
        out = "folder of the runs (default: runs)"
        added.add_argument("--out", type=Path, default=Path("runs"), help=out)
        return added

    add_train_flags(add("train", commands.train))
    evaluate = add("evaluate", commands.evaluate)
    predict = add("predict", commands.predict)
    plot = add("plot", commands.plot)
    for reader in (evaluate, predict, plot):
        add_reader_flags(reader)
    predict.add_argument(
        "values",
        nargs="*",
        help="one example, value by value; after -- if one begins with -",
    )
    predict.add_argument("--input", type=Path, help="a CSV file, one example a line")
    predict.add_argument("--output", type=Path, help="write the predictions as CSV")
    return parser


def add_train_flags(parser: Parser) -> None:
    """Add a flag for every setting; only those given come to the command."""
    for setting in fields(Config):
        kind, choices = setting.type, setting.metadata.get("choices")
        metavar = None if choices else kind.__name__.upper()
        rules: dict[str, Any] = {"type": kind, "choices": choices, "metavar": metavar}
        if kind is bool:
            rules = {"action": argparse.BooleanOptionalAction}
        text = f"{setting.metadata['help']} (default: {setting.default})"
        option = "--" + setting.name.replace("_", "-")
        text = text.replace("%", "%%")
        parser.add_argument(option, default=argparse.SUPPRESS, help=text, **rules)
    parser.add_argument(
        "--resume",
        nargs="?",
        const="",
        metavar="RUN",
        help="go on with a run: the newest, or the one named; "
        "of the settings only --epochs and --device may change",
    )


def add_reader_flags(parser: Parser) -> None:
    """Add the flags of the commands that read a checkpoint."""
    named = "a file, a run's folder or number (default: the newest run)"
    parser.add_argument("--checkpoint", default="", metavar="RUN", help=named)
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, mps, ...")


if __name__ == "__main__":
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    raise SystemExit(main())
