"""A tree of files as text, with a line of purpose for each."""

from collections.abc import Iterator, Mapping
from typing import Union

MIN_WIDTH = 30  # so that a feature with a longer name does not move all other lines
Branch = dict[str, Union["Branch", str]]


def draw_tree(purposes: Mapping[str, str]) -> list[str]:
    """Return the lines of a tree of the paths in `purposes`, in their order."""
    root: Branch = {}
    for path, purpose in purposes.items():
        *folders, name = path.split("/")
        branch = root
        for folder in folders:
            below = branch.setdefault(folder + "/", {})
            assert isinstance(below, dict), f"{path} is inside a file"
            branch = below
        branch[name] = purpose
    rows = list(draw_branch(root, ""))
    width = max([MIN_WIDTH, *(len(stem) for stem, purpose in rows if purpose)])
    return [
        f"{stem:<{width}}  {purpose}" if purpose else stem for stem, purpose in rows
    ]


def draw_branch(branch: Branch, indent: str) -> Iterator[tuple[str, str]]:
    """Yield stem and purpose of each row; folders have no purpose."""
    for number, (name, below) in enumerate(branch.items(), 1):
        last = number == len(branch)
        stem = f"{indent}{'└── ' if last else '├── '}{name}"
        if isinstance(below, str):
            yield stem, below
        else:
            yield stem, ""
            yield from draw_branch(below, indent + ("    " if last else "│   "))
