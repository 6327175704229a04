"""The flags of the commands; those of `train` are the fields of Config, in groups."""

import argparse
from dataclasses import fields
from pathlib import Path
from typing import Any

from ..config import Config

# What --help shows together. Settings that stand in no group are those of the task.
GROUPS = {
    "training": ("epochs", "batch_size", "optimizer", "lr", "seed", "patience"),
    "data and model": (),
    "run": ("device", "precision", "compile"),
}


def add_train_flags(parser: argparse.ArgumentParser) -> None:
    """Add a flag for every setting; only those given come to the command."""
    groups = {title: parser.add_argument_group(title) for title in GROUPS}
    titles = {name: title for title, names in GROUPS.items() for name in names}
    for setting in fields(Config):
        group = groups[titles.get(setting.name, "data and model")]
        kind, choices = setting.type, setting.metadata.get("choices")
        metavar = None if choices else kind.__name__.upper()
        rules: dict[str, Any] = {"type": kind, "choices": choices, "metavar": metavar}
        if kind is bool:
            rules = {"action": argparse.BooleanOptionalAction}
        text = f"{setting.metadata['help']} (default: {setting.default})"
        option = "--" + setting.name.replace("_", "-")
        text = text.replace("%", "%%")
        group.add_argument(option, default=argparse.SUPPRESS, help=text, **rules)
    groups["run"].add_argument(
        "--resume",
        nargs="?",
        const="",
        metavar="RUN",
        help="go on with a run: the newest, or the one named; "
        "of the settings only --epochs and --device may change",
    )
    add_out_flag(groups["run"])


def add_reader_flags(parser: argparse.ArgumentParser, program: bool = False) -> None:
    """Add the flags of the commands that read a checkpoint; some read a program too."""
    sources = add_checkpoint_flags(parser)
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, mps, ...")
    if program:
        text = "what export wrote, instead; opening it trusts it like code"
        sources.add_argument("--program", type=Path, metavar="FILE", help=text)


def add_checkpoint_flags(parser: argparse.ArgumentParser) -> argparse._ActionsContainer:
    """Add the flags that name a checkpoint; return the group for other sources."""
    sources = parser.add_mutually_exclusive_group()
    named = "a file, a run's folder or number (default: the newest run)"
    sources.add_argument("--checkpoint", default="", metavar="RUN", help=named)
    add_out_flag(parser)
    return sources


def add_export_flags(parser: argparse.ArgumentParser) -> None:
    """Add where `export` reads and writes; it always computes on the CPU."""
    add_checkpoint_flags(parser)
    text = "the file to write (default: beside the checkpoint, as last.pt2)"
    parser.add_argument("--output", type=Path, metavar="FILE", help=text)


def add_serve_flags(parser: argparse.ArgumentParser) -> None:
    """Add where `serve` listens: on this computer only, unless told otherwise."""
    text = "address to listen on (default: 127.0.0.1, for this computer only)"
    parser.add_argument("--host", default="127.0.0.1", help=text)
    text = "0 takes any that is free (default: 8000)"
    parser.add_argument("--port", type=int, default=8000, help=text)


def add_predict_flags(parser: argparse.ArgumentParser) -> None:
    """Add what `predict` is given: one example, or a file of them."""
    words = "one example, value by value; after -- if one begins with -"
    parser.add_argument("values", nargs="*", help=words)
    parser.add_argument("--input", type=Path, help="a CSV file, one example a line")
    parser.add_argument("--output", type=Path, help="write the predictions as CSV")


def add_out_flag(parser: argparse._ActionsContainer) -> None:
    """Add the flag that says where the runs are."""
    text = "folder of the runs (default: runs)"
    parser.add_argument("--out", type=Path, default=Path("runs"), help=text)
