"""The command line: from doctor and train to export and serve."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from .errors import ProjectError, report
from .tools import commands, deploy, flags


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
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (ProjectError, OSError) as error:
        return report(error)
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
        return added

    add("doctor", commands.doctor)
    flags.add_train_flags(add("train", commands.train))
    flags.add_out_flag(add("runs", commands.runs))
    flags.add_reader_flags(add("evaluate", commands.evaluate))
    predict = add("predict", commands.predict)
    flags.add_reader_flags(predict, program=True)
    flags.add_predict_flags(predict)
    flags.add_reader_flags(add("plot", commands.plot))
    flags.add_export_flags(add("export", deploy.export))
    serve = add("serve", deploy.serve)
    flags.add_reader_flags(serve, program=True)
    flags.add_serve_flags(serve)
    # slot: commands
    return parser


if __name__ == "__main__":
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    raise SystemExit(main())
