"""Keep what a learner wrote in an exercise out of conflicts with its new wording."""

from collections.abc import Iterable
from typing import NamedTuple

from scaffold.project.exercise_regions import (
    Region,
    Span,
    find_regions,
    match_regions,
)

Change = tuple[Span, bytes]


class Kept(NamedTuple):
    """Base and new version of a file for the merge, and what that left out of it."""

    base: bytes
    theirs: bytes
    notes: list[str]


def keep_answers(base: bytes, ours: bytes, theirs: bytes) -> Kept:
    """Return base and new version of a file without changes to answered exercises.

    Where a learner wrote something between the marks of an exercise, both get that.
    Where the marks are gone, the new version keeps the exercise of the base. So the
    merge has nothing to decide there, and all that is outside is merged as usual.
    """
    regions = find_regions(base)
    found, renewed = (
        match_regions(regions, find_regions(side)) for side in (ours, theirs)
    )
    to_base: list[Change] = []
    to_theirs: list[Change] = []
    notes = []
    for region, new in renewed.items():
        mine = found.get(region)
        if new.indent != region.indent or (mine and mine.body == region.body):
            continue
        if mine:
            to_base.append((region.inner, mine.body))
            to_theirs.append((new.inner, mine.body))
        else:
            to_theirs.append((new.whole, base[slice(*region.whole)]))
        if new.body != region.body:
            notes.append(describe(new, region))
    return Kept(splice(base, to_base), splice(theirs, to_theirs), merge_notes(notes))


def splice(data: bytes, changes: Iterable[Change]) -> bytes:
    """Return a text with other bytes in some places."""
    for (start, end), text in sorted(changes, reverse=True):
        data = data[:start] + text + data[end:]
    return data


def describe(new: Region, old: Region) -> str:
    """Return what the template changed in an exercise that was answered."""
    what = "changed" if new.wording == old.wording else "reworded"
    text = f": {new.wording}" if what == "reworded" and new.wording else ""
    return f"exercise {new.number} {what}, your answer kept{text}"


def merge_notes(notes: list[str]) -> list[str]:
    """Return each note once: an exercise can be in several places of a file."""
    return list(dict.fromkeys(notes))
