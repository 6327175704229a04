"""Findings: one for each cause, with all the projects that have it."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from scaffold.check.files import Found

ERROR = re.compile(r"[\w.]*[A-Z]\w*: ")  # how the text of an exception begins


class Finding(NamedTuple):
    """Something that breaks the contract."""

    what: str
    where: str
    how: str  # to fix it
    combinations: tuple[str, ...] = ()  # of task and answers that have it
    of: int = 1  # how many were checked

    @property
    def extent(self) -> str:
        """In how many combinations it is, in words."""
        number = len(self.combinations)
        if number < 2 or self.of == number:
            first = f" (with {self.combinations[0]})" if any(self.combinations) else ""
            return f" (in all {number} combinations)" if number > 1 else first
        first = self.combinations[0] or "the defaults"
        return f" (in {number} of {self.of} combinations, first: {first})"


def gather(found: Iterable[tuple[str, Found]], of: int) -> list[Finding]:
    """Return a finding for each cause; `found` are pairs of combination and finding.

    Errors of one type at one place have one cause: their texts differ by shapes.
    """
    causes: dict[tuple[str, str], tuple[Found, dict[str, None]]] = {}
    for words, row in found:
        error = ERROR.match(row[0])
        key = (error[0] if error else row[0], row[1])
        causes.setdefault(key, (row, {}))[1][words] = None
    return [Finding(*row, tuple(words), of) for row, words in causes.values()]
