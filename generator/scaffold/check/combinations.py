"""The answers with which a plugin is checked."""

import itertools
from collections.abc import Mapping

from scaffold.catalog.plugins import Plugin

ALL_UP_TO = 16  # combinations; with more questions, every pair of choices is covered


def combinations(plugin: Plugin) -> list[dict[str, str]]:
    """Return answers to the questions with choices, the defaults first.

    All combinations if there are few, else enough to cover each pair of choices.
    """
    choices = {
        name: dict.fromkeys(
            [str(question.default), *map(str, question.labels.values())]
        )
        for name, question in plugin.manifest.questions.items()
        if question.labels and not question.computed
    }
    rows = [
        dict(zip(choices, values, strict=True))
        for values in itertools.product(*choices.values())
    ]
    return rows if len(rows) <= ALL_UP_TO else cover_pairs(rows)


def cover_pairs(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return rows, the first one included, in which every pair of values occurs."""

    def pairs(row: Mapping[str, str]) -> set[tuple[tuple[str, str], ...]]:
        return set(itertools.combinations(row.items(), 2))

    missing = set().union(*map(pairs, rows))
    chosen: list[dict[str, str]] = []
    while missing:
        best = (
            max(rows, key=lambda row: len(pairs(row) & missing)) if chosen else rows[0]
        )
        chosen.append(best)
        missing -= pairs(best)
    return chosen
