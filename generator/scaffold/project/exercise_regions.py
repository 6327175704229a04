"""The exercises in a file of a project: the text between the comments that mark each.

Works on bytes, also on those of a notebook, in which each line is a JSON string.
"""

import re
from typing import Literal, NamedTuple

REGION = re.compile(
    rb'^([ "]*)# exercise (\d+): ([^\r\n]*)\r?\n(.*?)^[ "]*# end of exercise \2\b.*?$',
    re.MULTILINE | re.DOTALL,
)
STUB = re.compile(rb'"exercise (\d+): ')  # the error that says what to write
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')

Span = tuple[int, int]


class Region(NamedTuple):
    """An exercise in a file: its marks, and what is between them."""

    number: int
    title: bytes
    indent: bytes
    whole: Span  # with the comments that mark it
    inner: Span
    body: bytes

    @property
    def wording(self) -> str:
        """What it asks for, if it is open and in a Python file."""
        text = "".join(STRING.findall(self.body.decode(errors="replace")))
        start, _, task = text.partition(": ")
        return task if start == f"exercise {self.number}" else ""


def find_regions(data: bytes) -> list[Region]:
    """Return the exercises in a file; one can be in several places."""
    return [
        Region(int(match[2]), match[3], match[1], match.span(), match.span(4), match[4])
        for match in REGION.finditer(data)
    ]


def match_regions(before: list[Region], after: list[Region]) -> dict[Region, Region]:
    """Return where the exercises of one version of a file are in another.

    They are recognized by their titles, since numbers change when exercises are added;
    the others by their numbers.
    """
    found: dict[Region, Region] = {}
    for name in ("title", "number"):
        known = by_occurrence(after, name)
        for key, region in by_occurrence(before, name).items():
            taken = region in found or known.get(key) in found.values()
            if key in known and not taken:
                found[region] = known[key]
    return found


def by_occurrence(
    regions: list[Region], name: Literal["title", "number"]
) -> dict[tuple[object, int], Region]:
    """Return regions by title or number, and which of those with the same it is."""
    keyed: dict[tuple[object, int], Region] = {}
    for region in regions:
        value = getattr(region, name)
        same = sum(1 for other, _ in keyed if other == value)
        keyed[value, same] = region
    return keyed
